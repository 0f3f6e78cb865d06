//! Idempotency keys in SQLite: there is one writer, so a repeated submit always finds what the
//! first one wrote.

use docket_contract::UserId;
use docket_contract::job::Job;
use rusqlite::params;

use super::job_rows::job_by_id;
use super::rows::{micros, one};
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{Balance, Idempotency, Inserted};
use crate::ledger::idempotency_window_start;
use crate::rows::{read_remembered, remembered_columns};

/// The answer to a submit whose key is in use; `None` if it is not.
pub(super) fn repeated(
    turn: &Turn<'_>,
    user: &UserId,
    idempotency: &Idempotency,
) -> Result<Option<Inserted>, Error> {
    let remembered = one(
        turn,
        concat!(
            "select request_sha256 = ?4, ",
            remembered_columns!(),
            " from idempotency_keys
             where user_id = ?1 and scope = ?2 and key = ?3 and created_at > ?5"
        ),
        &[
            &user.0,
            &idempotency.scope,
            &idempotency.key,
            &idempotency.request_sha256,
            &micros(idempotency_window_start(turn.now())),
        ],
        read_remembered,
    )?;
    let Some(remembered) = remembered else { return Ok(None) };
    let job = job_by_id(turn, remembered.job_id)?;
    Ok(remembered.answer(job))
}

/// Keeps what is answered, in place of what may be outdated or without a job.
pub(super) fn remember(
    turn: &Turn<'_>,
    idempotency: &Idempotency,
    job: &Job,
    balance: &Balance,
) -> Result<(), Error> {
    turn.prepare_cached(
        "insert or replace into idempotency_keys (user_id, scope, key, request_sha256, job_id,
            credits, balance_used, balance_limit, cycle_started_at, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        job.user_id.0,
        idempotency.scope,
        idempotency.key,
        idempotency.request_sha256,
        job.id.uuid().as_bytes(),
        job.credits,
        balance.used,
        balance.limit,
        micros(balance.cycle_started_at),
        micros(turn.now())
    ])?;
    Ok(())
}
