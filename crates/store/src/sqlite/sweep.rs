//! Returns jobs of lost workers to the queue and ends overdue ones, in SQLite.

use docket_contract::job::Failure;
use rusqlite::ToSql;

use super::rows::{all, duration_us, micros};
use super::settle::{end, end_and_refund};
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{RetryPolicy, Swept};

/// Jobs of each kind that one sweep takes, at most: the writer is not held for long.
const SWEEP_JOBS_MAX: i64 = 100;

pub(super) fn sweep(turn: &Turn<'_>, policy: &RetryPolicy) -> Result<Swept, Error> {
    let now = micros(turn.now());
    let losses_max = policy.worker_losses_max;
    // Overdue jobs first: what has no time left is not worth another attempt.
    let Failure { code, message } = &policy.deadline_exceeded;
    let parameters: [&dyn ToSql; 4] = [&now, &SWEEP_JOBS_MAX, &code.as_str(), message];
    let overdue = take(turn, FAIL_OVERDUE, &parameters, end_and_refund)?;
    let Failure { code, message } = &policy.worker_lost;
    let parameters: [&dyn ToSql; 5] = [&now, &SWEEP_JOBS_MAX, &losses_max, &code.as_str(), message];
    let lost = take(turn, FAIL_LOST, &parameters, end_and_refund)?;
    let backoff = backoff_json(policy);
    let parameters: [&dyn ToSql; 4] = [&now, &SWEEP_JOBS_MAX, &losses_max, &backoff];
    let requeued = take(turn, REQUEUE_LOST, &parameters, end)?;
    if requeued > 0 {
        turn.mark_ready();
    }
    let Failure { code, message } = &policy.upload_expired;
    let parameters: [&dyn ToSql; 4] = [&now, &SWEEP_JOBS_MAX, &code.as_str(), message];
    let unsupplied = take(turn, FAIL_UNSUPPLIED, &parameters, end_and_refund)?;
    Ok(Swept { requeued, lost, overdue, unsupplied })
}

macro_rules! lost_jobs {
    () => {
        "select jobs.seq from job_leases join jobs on jobs.id = job_leases.job_id \
         where jobs.status = 'processing' and lease_until <= ?1"
    };
}

const FAIL_OVERDUE: &str = concat!(
    "update jobs set ",
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = ?3, error_message = ?4
     where seq in (select seq from jobs where status in ('queued', 'processing')
            and deadline_at is not null and deadline_at <= ?1
        order by deadline_at limit ?2)
     returning seq"
);

const FAIL_UNSUPPLIED: &str = concat!(
    "update jobs set ",
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = ?3, error_message = ?4
     where seq in (select seq from jobs where status = 'awaiting_upload' and upload_until <= ?1
        order by upload_until limit ?2)
     returning seq"
);

const FAIL_LOST: &str = concat!(
    "update jobs set ",
    transition!(ended),
    ", status = 'failed', credits = 0, error_code = ?4, error_message = ?5,
        worker_losses = worker_losses + 1
     where seq in (",
    lost_jobs!(),
    " and worker_losses + 1 >= ?3 order by lease_until limit ?2) returning seq"
);

const REQUEUE_LOST: &str = concat!(
    "update jobs set ",
    transition!(moved),
    ", status = 'queued', claim_token = null, delayed = 1, worker_losses = worker_losses + 1,
        run_at = ?1 + coalesce(?4 ->> min(worker_losses, json_array_length(?4) - 1), 0)
     where seq in (",
    lost_jobs!(),
    " and worker_losses + 1 < ?3 order by lease_until limit ?2) returning seq"
);

/// Moves the jobs and leaves behind what belongs to the move. Only `seq` is read: a row that this
/// version cannot read is swept like any other.
fn take(
    turn: &Turn<'_>,
    sql: &str,
    parameters: &[&dyn ToSql],
    leave: impl Fn(&Turn<'_>, i64) -> Result<(), Error>,
) -> Result<usize, Error> {
    let moved = all(turn, sql, parameters, |row| row.long())?;
    for seq in &moved {
        leave(turn, *seq)?;
    }
    Ok(moved.len())
}

fn backoff_json(policy: &RetryPolicy) -> String {
    let waits: Vec<i64> = policy.backoff.iter().copied().map(duration_us).collect();
    format!("{waits:?}")
}
