//! The end of executions in SQLite, and the rows that every transition writes.

use std::time::Duration;

use docket_contract::job::{Failure, Job, PageCounts};
use docket_contract::state::JobState;
use rusqlite::{ToSql, params};

use super::rows::{duration_us, micros, one_job};
use super::writer::Turn;
use crate::claim::{Claim, Outcome, Settlement};
use crate::error::Error;
use crate::interface::SettleOutcome;
use crate::rows::job_columns;

/// Ends the execution if the job is still its own. The parameters ?1 to ?4 are the instant and the
/// guard.
macro_rules! settle_sql {
    ($($assignment:expr),+) => {
        concat!(
            "update jobs set ",
            $($assignment,)+
            " where id = ?2 and status = 'processing' and attempt = ?3 and claim_token = ?4 returning ",
            job_columns!()
        )
    };
}

pub(super) fn settle(
    turn: &Turn<'_>,
    claim: &Claim,
    settlement: Settlement,
) -> Result<SettleOutcome, Error> {
    let settled = match claim.outcome(settlement) {
        Outcome::Succeeded { result_key, pages } => {
            succeed(turn, claim, result_key.as_str(), pages)?
        }
        Outcome::Failed { failure, losses } => fail(turn, claim, &failure, losses)?,
        Outcome::Requeued { delay, losses, attempts_back } => {
            requeue(turn, claim, delay, losses, attempts_back)?
        }
    };
    let Some(job) = settled else {
        return Ok(SettleOutcome::ClaimLost);
    };
    match job.state {
        JobState::Failed => end_and_refund(turn, job.seq)?,
        _ => end(turn, job.seq)?,
    }
    if job.state == JobState::Queued {
        turn.mark_ready();
    }
    Ok(SettleOutcome::Settled(job))
}

/// Writes the job's row of the outbox.
pub(super) fn write_event(turn: &Turn<'_>, seq: i64) -> Result<(), Error> {
    turn.prepare_cached(
        "insert into job_events (job_id, user_id, version, status, was_started, pages_done, at)
         select id, user_id, version, status, started_at is not null, pages_done, updated_at
         from jobs where seq = ?1",
    )?
    .execute([seq])?;
    Ok(())
}

/// Removes the events of a job that is gone, and leaves that it is.
pub(super) fn write_deletion(turn: &Turn<'_>, job: &Job) -> Result<(), Error> {
    let id = job.id.uuid();
    turn.prepare_cached("delete from job_events where job_id = ?1")?.execute([id.as_bytes()])?;
    turn.prepare_cached(
        "insert into job_events (job_id, user_id, version, status, was_started, pages_done, at)
         values (?1, ?2, ?3, 'deleted', ?4, ?5, ?6)",
    )?
    .execute(params![
        id.as_bytes(),
        job.user_id.0,
        job.version + 1,
        job.started_at.is_some(),
        job.pages.done,
        micros(turn.now()),
    ])?;
    Ok(())
}

/// What every end of an execution leaves behind: no lease, and an event.
pub(super) fn end(turn: &Turn<'_>, seq: i64) -> Result<(), Error> {
    turn.prepare_cached(
        "delete from job_leases where job_id = (select id from jobs where seq = ?1)",
    )?
    .execute([seq])?;
    write_event(turn, seq)
}

/// What the end of a job without a result leaves behind: also the credits that the ledger holds
/// against its present run are given back. A charge of a former cycle is taken back in that cycle
/// and leaves the present one alone.
pub(super) fn end_and_refund(turn: &Turn<'_>, seq: i64) -> Result<(), Error> {
    turn.prepare_cached(
        "update accounts set credits_used = max(0, credits_used - (
            select coalesce(sum(usage.credits), 0) from usage
            where usage.job_id = (select id from jobs where seq = ?1)
                and usage.at >= (select coalesce(rerun_at, created_at) from jobs where seq = ?1)
                and usage.cycle_started_at = accounts.cycle_started_at))
         where user_id = (select user_id from jobs where seq = ?1)",
    )?
    .execute([seq])?;
    turn.prepare_cached(
        "insert into usage (user_id, job_id, kind, credits, cycle_started_at, at)
         select usage.user_id, job_id, 'refund', -sum(usage.credits), cycle_started_at, updated_at
         from jobs join usage on job_id = jobs.id and usage.at >= coalesce(rerun_at, created_at)
         where jobs.seq = ?1
         group by usage.user_id, job_id, cycle_started_at, updated_at
         having sum(usage.credits) > 0",
    )?
    .execute([seq])?;
    end(turn, seq)
}

fn succeed(
    turn: &Turn<'_>,
    claim: &Claim,
    result_key: &str,
    pages: PageCounts,
) -> Result<Option<Job>, Error> {
    guarded(
        turn,
        claim,
        settle_sql!(
            transition!(ended),
            ", status = 'succeeded', result_key = ?5,
            pages_total = coalesce(pages_total, ?6), pages_selected = coalesce(pages_selected, ?7),
            pages_done = max(pages_done, ?8), pages_failed = ?9"
        ),
        &[&result_key, &pages.total, &pages.selected, &pages.done, &pages.failed],
    )
}

fn fail(
    turn: &Turn<'_>,
    claim: &Claim,
    failure: &Failure,
    losses: i32,
) -> Result<Option<Job>, Error> {
    guarded(
        turn,
        claim,
        settle_sql!(
            transition!(ended),
            ", status = 'failed', credits = 0, error_code = ?5, error_message = ?6,
            worker_losses = worker_losses + ?7"
        ),
        &[&failure.code.as_str(), &failure.message, &losses],
    )
}

fn requeue(
    turn: &Turn<'_>,
    claim: &Claim,
    delay: Duration,
    losses: i32,
    attempts_back: i32,
) -> Result<Option<Job>, Error> {
    guarded(
        turn,
        claim,
        settle_sql!(
            transition!(moved),
            ", status = 'queued', claim_token = null, run_at = ?1 + ?5, delayed = ?5 > 0,
            worker_losses = worker_losses + ?6, attempt = attempt - ?7"
        ),
        &[&duration_us(delay), &losses, &attempts_back],
    )
}

fn guarded(
    turn: &Turn<'_>,
    claim: &Claim,
    sql: &str,
    parameters: &[&dyn ToSql],
) -> Result<Option<Job>, Error> {
    let job = claim.job();
    let now = micros(turn.now());
    let id = job.id.uuid();
    let token = claim.token().uuid();
    let mut guard: Vec<&dyn ToSql> = vec![&now, id.as_bytes(), &job.attempt, token.as_bytes()];
    guard.extend_from_slice(parameters);
    one_job(turn, sql, &guard)
}
