//! The end of executions in Postgres: one guarded statement for each outcome. Successes, the most
//! frequent one, are written together: see [`super::success`].

use docket_contract::job::Job;
use docket_contract::state::JobState;

use super::PostgresStore;
use super::rows::{PgQuery, duration_us, one_job};
use super::success::Success;
use crate::claim::{Claim, Outcome, Settlement};
use crate::error::Error;
use crate::interface::SettleOutcome;
use crate::rows::job_columns;

/// Ends the execution if the job is still its own. The parameters $1 to $4 are the instant and the
/// guard.
macro_rules! settle_sql {
    ($($assignment:expr),+) => {
        concat!(
            with_now!(),
            ", changed as (
                update docket.jobs j set ",
            $($assignment,)+
            " from now
                where j.id = $2 and j.status = 'processing' and j.attempt = $3
                    and j.claim_token = $4
                returning j.*)",
            write_event!(),
            " select ",
            job_columns!(),
            " from changed"
        )
    };
}

const FAIL: &str = settle_sql!(
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = $5, error_message = $6,
       worker_losses = j.worker_losses + $7"
);

const REQUEUE: &str = settle_sql!(
    transition!(moved),
    ", status = 'queued', claim_token = null, run_at = now.at + $5 * interval '1 microsecond',
       delayed = $5 > 0, worker_losses = j.worker_losses + $6, attempt = j.attempt - $7"
);

impl PostgresStore {
    pub(super) async fn end_execution(
        &self,
        claim: &Claim,
        settlement: Settlement,
    ) -> Result<SettleOutcome, Error> {
        let settled = match claim.outcome(settlement) {
            Outcome::Succeeded { result_key, pages } => {
                self.successes.write(Success::new(claim, result_key, pages)).await?
            }
            Outcome::Failed { failure, losses } => {
                let query = self
                    .guarded(FAIL, claim)
                    .bind(failure.code.as_str())
                    .bind(&failure.message)
                    .bind(losses);
                one_job(&self.pool, query).await?
            }
            Outcome::Requeued { delay, losses, attempts_back } => {
                let query = self
                    .guarded(REQUEUE, claim)
                    .bind(duration_us(delay))
                    .bind(losses)
                    .bind(attempts_back);
                one_job(&self.pool, query).await?
            }
        };
        self.shares.ended(&claim.job().user_id);
        Ok(self.settled(settled))
    }

    /// The statement with the instant and the guard as its first parameters.
    pub(super) fn guarded<'q>(&self, sql: &'static str, claim: &Claim) -> PgQuery<'q> {
        sqlx::query(sql)
            .bind(self.clock.fixed())
            .bind(claim.job().id.uuid())
            .bind(claim.job().attempt)
            .bind(claim.token().uuid())
    }

    fn settled(&self, job: Option<Job>) -> SettleOutcome {
        let Some(job) = job else {
            return SettleOutcome::ClaimLost;
        };
        if job.state == JobState::Queued {
            self.mark_ready(&job);
        } else {
            self.mark_ended();
        }
        SettleOutcome::Settled(job)
    }
}
