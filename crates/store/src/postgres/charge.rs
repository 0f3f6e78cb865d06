//! Charges for pages that were not known at the submit, in Postgres.
//!
//! The row of the job is locked before that of its account, as in every other transition that
//! refunds credits.

use docket_contract::UserId;
use docket_contract::job::Job;
use sqlx::PgConnection;

use super::PostgresStore;
use super::rows::PgColumns;
use crate::claim::Claim;
use crate::error::Error;
use crate::interface::{Balance, ChargeOutcome};
use crate::rows::{Columns, job_columns, read_job};

const HELD: &str = "select credits, user_id from docket.jobs
    where id = $1 and status = 'processing' and attempt = $2 and claim_token = $3
    for no key update";

const CHARGE: &str = concat!(
    with_now!(),
    ", changed as (
        update docket.jobs j set ",
    transition!(moved),
    ", credits = j.credits + $3
        from now where j.id = $2
        returning j.*)",
    write_event!(),
    " select ",
    job_columns!(),
    " from changed"
);

impl PostgresStore {
    pub(super) async fn charge_late(
        &self,
        claim: &Claim,
        credits: i64,
    ) -> Result<ChargeOutcome, Error> {
        let mut transaction = self.connections.begin().await?;
        let held = sqlx::query(HELD)
            .bind(claim.job().id.uuid())
            .bind(claim.job().attempt)
            .bind(claim.token().uuid())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(held) = held else { return Ok(ChargeOutcome::ClaimLost) };
        let mut held = PgColumns::new(&held);
        let (missing, user) = (credits - held.long()?, UserId(held.text()?));
        if missing <= 0 {
            return Ok(ChargeOutcome::Charged);
        }
        let account = self.lock_account(&mut transaction, &user).await?;
        let mut balance = account.balance;
        if balance.remaining() < missing {
            return Ok(ChargeOutcome::QuotaExceeded(balance));
        }
        balance.used += missing;
        let row = sqlx::query(CHARGE)
            .bind(self.clock.fixed())
            .bind(claim.job().id.uuid())
            .bind(missing)
            .fetch_one(&mut *transaction)
            .await?;
        let job = read_job(&mut PgColumns::new(&row))?;
        enter(&mut transaction, &job, "charge", missing, &balance).await?;
        transaction.commit().await?;
        self.mark_changed();
        Ok(ChargeOutcome::Charged)
    }
}

/// Writes the balance, and enters a charge that belongs to the job's latest transition into the
/// ledger.
pub(super) async fn enter(
    connection: &mut PgConnection,
    job: &Job,
    kind: &'static str,
    credits: i64,
    balance: &Balance,
) -> Result<(), Error> {
    sqlx::query(
        "with balance as (
            update docket.accounts set credits_used = $6, cycle_started_at = $5
            where user_id = $1)
         insert into docket.usage (user_id, job_id, kind, credits, cycle_started_at, at)
         values ($1, $2, $3, $4, $5, $7)",
    )
    .bind(&job.user_id.0)
    .bind(job.id.uuid())
    .bind(kind)
    .bind(credits)
    .bind(balance.cycle_started_at)
    .bind(balance.used)
    .bind(job.updated_at)
    .execute(connection)
    .await?;
    Ok(())
}
