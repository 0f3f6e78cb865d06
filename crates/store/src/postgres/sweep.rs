//! Returns jobs of lost workers to the queue and ends overdue ones, in Postgres.

use sqlx::PgConnection;

use super::PostgresStore;
use super::rows::{PgQuery, duration_us};
use crate::error::Error;
use crate::interface::{RetryPolicy, Swept};

/// Jobs of each kind that one sweep takes, at most: locks are not held for long.
const SWEEP_JOBS_MAX: i64 = 100;

impl PostgresStore {
    pub(super) async fn sweep_once(&self, policy: &RetryPolicy) -> Result<Swept, Error> {
        let mut transaction = self.connections.begin().await?;
        // One node at a time: two sweeps would lock accounts in different orders.
        let alone: bool = sqlx::query_scalar(
            "select pg_try_advisory_xact_lock(hashtextextended('docket.sweep', 0))",
        )
        .fetch_one(&mut *transaction)
        .await?;
        if !alone {
            return Ok(Swept::default());
        }
        // Overdue jobs first: what has no time left is not worth another attempt.
        let overdue = &policy.deadline_exceeded;
        let query = self.bounded(FAIL_OVERDUE).bind(overdue.code.as_str()).bind(&overdue.message);
        let overdue = count(&mut transaction, query).await?;
        let lost = &policy.worker_lost;
        let query = self
            .bounded(FAIL_LOST)
            .bind(policy.worker_losses_max)
            .bind(lost.code.as_str())
            .bind(&lost.message);
        let lost = count(&mut transaction, query).await?;
        let backoff: Vec<i64> = policy.backoff.iter().copied().map(duration_us).collect();
        let query = self.bounded(REQUEUE_LOST).bind(policy.worker_losses_max).bind(backoff);
        let requeued = count(&mut transaction, query).await?;
        let expired = &policy.upload_expired;
        let query =
            self.bounded(FAIL_UNSUPPLIED).bind(expired.code.as_str()).bind(&expired.message);
        let unsupplied = count(&mut transaction, query).await?;
        transaction.commit().await?;
        if requeued > 0 {
            self.mark_requeued();
        }
        if lost + overdue + unsupplied > 0 {
            self.mark_ended();
        }
        Ok(Swept { requeued, lost, overdue, unsupplied })
    }

    fn bounded<'q>(&self, sql: &'static str) -> PgQuery<'q> {
        sqlx::query(sql).bind(self.clock.fixed()).bind(SWEEP_JOBS_MAX)
    }
}

async fn count(connection: &mut PgConnection, query: PgQuery<'_>) -> Result<usize, Error> {
    Ok(query.fetch_all(connection).await?.len())
}

/// Jobs whose lease ran out. Both rows are locked and looked at again: a heartbeat that came in
/// between saves the job.
macro_rules! lost_jobs {
    ($losses:literal) => {
        concat!(
            with_now!(),
            ", lost as materialized (
                select j.id from docket.job_leases l join docket.jobs j on j.id = l.job_id
                where j.status = 'processing' and l.lease_until <= (select at from now)
                    and j.worker_losses + 1 ",
            $losses,
            " order by l.lease_until limit $2
                for no key update of j, l skip locked)"
        )
    };
}

const FAIL_OVERDUE: &str = concat!(
    with_now!(),
    ", overdue as materialized (
        select id from docket.jobs
        where status in ('queued', 'processing') and deadline_at is not null
            and deadline_at <= (select at from now)
        order by deadline_at limit $2
        for no key update skip locked),
    changed as (
        update docket.jobs j set ",
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = $3, error_message = $4
        from now, overdue
        where j.id = overdue.id
        returning j.*)",
    write_event!(),
    " select id from changed"
);

const FAIL_UNSUPPLIED: &str = concat!(
    with_now!(),
    ", expired as materialized (
        select id from docket.jobs
        where status = 'awaiting_upload' and upload_until <= (select at from now)
        order by upload_until limit $2
        for no key update skip locked),
    changed as (
        update docket.jobs j set ",
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = $3, error_message = $4
        from now, expired
        where j.id = expired.id
        returning j.*)",
    write_event!(),
    " select id from changed"
);

const FAIL_LOST: &str = concat!(
    lost_jobs!(">= $3"),
    ", changed as (
        update docket.jobs j set ",
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = $4, error_message = $5,
            worker_losses = j.worker_losses + 1
        from now, lost
        where j.id = lost.id
        returning j.*)",
    write_event!(),
    " select id from changed"
);

const REQUEUE_LOST: &str = concat!(
    lost_jobs!("< $3"),
    ", changed as (
        update docket.jobs j set ",
    transition!(moved),
    ", status = 'queued', claim_token = null, delayed = true,
            worker_losses = j.worker_losses + 1,
            run_at = now.at + interval '1 microsecond'
                * coalesce(($4::bigint[])[least(j.worker_losses + 1, cardinality($4::bigint[]))], 0)
        from now, lost
        where j.id = lost.id
        returning j.*)",
    write_event!(),
    " select id from changed"
);
