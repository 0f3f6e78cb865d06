//! Runs an ended job once more, in SQLite.

use docket_contract::UserId;
use docket_contract::job::Job;

use super::accounts::stored_balance;
use super::charge::{enter, write_balance};
use super::job_rows::{owned_job, submit_wait_s, write_spec};
use super::rows::{duration_us, micros, one_job};
use super::settle::write_event;
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{Rerun, RerunOutcome};
use crate::ledger::{Part, is_rerunnable};
use crate::rows::job_columns;

const RERUN: &str = concat!(
    "update jobs set ",
    transition!(moved),
    ", status = 'queued', document_password = ?3, pages_selected = ?4, credits = ?5,
        expires_at = ?1 + ?6, run_at = ?1, delayed = 0, rerun_at = max(?1, updated_at + 1000), stage = null,
        pages_done = 0, pages_failed = 0, attempt = 0, worker_losses = 0, deadline_at = null,
        error_code = null, error_message = null, result_key = null, started_at = null,
        finished_at = null
     where seq = ?2 returning ",
    job_columns!()
);

pub(super) fn rerun_job(
    turn: &Turn<'_>,
    owner: &UserId,
    rerun: &Rerun,
) -> Result<RerunOutcome, Error> {
    let Some(job) = owned_job(turn, owner, rerun.id)? else {
        return Ok(RerunOutcome::NotFound);
    };
    if !is_rerunnable(&job, rerun) {
        return Ok(RerunOutcome::NotRerunnable(job));
    }
    let (stored, submits_max) = stored_balance(turn, owner)?.ok_or(Error::NotFound("account"))?;
    let mut balance = stored.rolled_to(turn.now());
    if balance.remaining() < rerun.credits {
        return Ok(RerunOutcome::QuotaExceeded(balance));
    }
    if let Some(submits_max) = submits_max
        && let Some(retry_after_s) = submit_wait_s(turn, owner, submits_max)?
    {
        return Ok(RerunOutcome::RateLimited { retry_after_s });
    }
    balance.used += rerun.credits;
    write_balance(turn, owner, &balance)?;
    let job = requeue(turn, job.seq, rerun)?;
    enter(turn, &job, Part::Whole.kind(), rerun.credits, &balance)?;
    write_event(turn, job.seq)?;
    turn.mark_ready();
    Ok(RerunOutcome::Queued { job, balance })
}

fn requeue(turn: &Turn<'_>, seq: i64, rerun: &Rerun) -> Result<Job, Error> {
    let job = one_job(
        turn,
        RERUN,
        &[
            &micros(turn.now()),
            &seq,
            &rerun.password,
            &rerun.pages_selected,
            &rerun.credits,
            &duration_us(rerun.retention),
        ],
    )?;
    write_spec(turn, seq, &rerun.spec)?;
    job.ok_or(Error::NotFound("job"))
}
