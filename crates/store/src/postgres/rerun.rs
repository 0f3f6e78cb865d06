//! Runs an ended job once more, in Postgres.

use docket_contract::UserId;

use super::PostgresStore;
use super::charge::enter;
use super::insert::submit_wait_s;
use super::rows::{PgColumns, duration_us};
use crate::error::Error;
use crate::interface::{Rerun, RerunOutcome};
use crate::ledger::{Part, is_rerunnable};
use crate::rows::{job_columns, read_job, spec_text};

const OWNED: &str = concat!(
    "select ",
    job_columns!(),
    " from docket.jobs where id = $1 and user_id = $2 for no key update"
);

const RERUN: &str = concat!(
    with_now!(),
    ", changed as (
        update docket.jobs j set ",
    transition!(moved),
    ", status = 'queued', document_password = $4, pages_selected = $5, credits = $6,
            expires_at = now.at + $7 * interval '1 microsecond', run_at = now.at, delayed = false,
            rerun_at = greatest(now.at, j.updated_at + interval '1 millisecond'), stage = null,
            pages_done = 0, pages_failed = 0, attempt = 0, worker_losses = 0, deadline_at = null,
            error_code = null, error_message = null, result_key = null, started_at = null,
            finished_at = null
        from now where j.id = $2
        returning j.*),
    spec as (
        insert into docket.job_specs (job_id, spec) select id, $3 from changed
        on conflict (job_id) do update set spec = excluded.spec)",
    write_event!(),
    " select ",
    job_columns!(),
    " from changed"
);

impl PostgresStore {
    pub(super) async fn rerun(&self, owner: &UserId, rerun: &Rerun) -> Result<RerunOutcome, Error> {
        let mut transaction = self.connections.begin().await?;
        let row = sqlx::query(OWNED)
            .bind(rerun.id.uuid())
            .bind(&owner.0)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(RerunOutcome::NotFound) };
        let job = read_job(&mut PgColumns::new(&row))?;
        if !is_rerunnable(&job, rerun) {
            return Ok(RerunOutcome::NotRerunnable(job));
        }
        let account = self.lock_account(&mut transaction, owner).await?;
        let mut balance = account.balance;
        if balance.remaining() < rerun.credits {
            return Ok(RerunOutcome::QuotaExceeded(balance));
        }
        if let Some(submits_max) = account.submits_max
            && let Some(retry_after_s) =
                submit_wait_s(&mut transaction, owner, submits_max, account.now).await?
        {
            return Ok(RerunOutcome::RateLimited { retry_after_s });
        }
        balance.used += rerun.credits;
        let row = sqlx::query(RERUN)
            .bind(self.clock.fixed())
            .bind(rerun.id.uuid())
            .bind(spec_text(&rerun.spec)?)
            .bind(&rerun.password)
            .bind(rerun.pages_selected)
            .bind(rerun.credits)
            .bind(duration_us(rerun.retention))
            .fetch_one(&mut *transaction)
            .await?;
        let job = read_job(&mut PgColumns::new(&row))?;
        enter(&mut transaction, &job, Part::Whole.kind(), rerun.credits, &balance).await?;
        transaction.commit().await?;
        self.mark_ready(&job);
        Ok(RerunOutcome::Queued { job, balance })
    }
}
