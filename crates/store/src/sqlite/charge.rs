//! Charges for pages that were not known at the submit, in SQLite.

use docket_contract::UserId;
use docket_contract::job::Job;
use rusqlite::params;

use super::accounts::stored_balance;
use super::guard::Guard;
use super::rows::{micros, one_job};
use super::settle::write_event;
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{Balance, ChargeOutcome};
use crate::rows::job_columns;

const HELD: &str = concat!(
    "select ",
    job_columns!(),
    " from jobs where id = ?1 and status = 'processing' and attempt = ?2 and claim_token = ?3"
);

const CHARGE: &str = concat!(
    "update jobs set ",
    transition!(moved),
    ", credits = credits + ?3 where seq = ?2 returning ",
    job_columns!()
);

pub(super) fn charge(turn: &Turn<'_>, guard: &Guard, credits: i64) -> Result<ChargeOutcome, Error> {
    let Some(job) = one_job(turn, HELD, &[&guard.id, &guard.attempt, &guard.token])? else {
        return Ok(ChargeOutcome::ClaimLost);
    };
    let missing = credits - job.credits;
    if missing <= 0 {
        return Ok(ChargeOutcome::Charged);
    }
    let (stored, _) = stored_balance(turn, &job.user_id)?.ok_or(Error::NotFound("account"))?;
    let mut balance = stored.rolled_to(turn.now());
    if balance.remaining() < missing {
        return Ok(ChargeOutcome::QuotaExceeded(balance));
    }
    balance.used += missing;
    let charged = one_job(turn, CHARGE, &[&micros(turn.now()), &job.seq, &missing])?;
    write_balance(turn, &job.user_id, &balance)?;
    enter(turn, &charged.ok_or(Error::NotFound("job"))?, "charge", missing, &balance)?;
    write_event(turn, job.seq)?;
    Ok(ChargeOutcome::Charged)
}

pub(super) fn write_balance(
    turn: &Turn<'_>,
    user: &UserId,
    balance: &Balance,
) -> Result<(), Error> {
    turn.prepare_cached(
        "update accounts set credits_used = ?2, cycle_started_at = ?3 where user_id = ?1",
    )?
    .execute(params![user.0, balance.used, micros(balance.cycle_started_at)])?;
    Ok(())
}

/// Enters a charge that belongs to the job's latest transition into the ledger.
pub(super) fn enter(
    turn: &Turn<'_>,
    job: &Job,
    kind: &str,
    credits: i64,
    balance: &Balance,
) -> Result<(), Error> {
    turn.prepare_cached(
        "insert into usage (user_id, job_id, kind, credits, cycle_started_at, at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        job.user_id.0,
        job.id.uuid().as_bytes(),
        kind,
        credits,
        micros(balance.cycle_started_at),
        micros(job.updated_at)
    ])?;
    Ok(())
}
