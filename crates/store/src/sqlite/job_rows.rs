//! Single rows of jobs, and what several operations need to know of an account's jobs.

use docket_contract::job::Job;
use docket_contract::spec::JobSpec;
use docket_contract::{JobId, UserId};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{micros, one_job, timestamp};
use super::writer::Turn;
use crate::error::Error;
use crate::ledger::{retry_after_s, submit_window_start};
use crate::rows::{job_columns, spec_text};

/// Seconds until the account may submit again; `None` if it may now.
pub(super) fn submit_wait_s(
    turn: &Turn<'_>,
    user: &UserId,
    submits_max: i32,
) -> Result<Option<u64>, Error> {
    if submits_max == 0 {
        return Ok(Some(retry_after_s(None, turn.now())));
    }
    let window_start = micros(submit_window_start(turn.now()));
    let frees_slot: Option<i64> = turn
        .prepare_cached(
            "select at from usage where user_id = ?1 and kind = 'submit' and at > ?2
             order by at desc limit 1 offset ?3",
        )?
        .query_row(params![user.0, window_start, submits_max - 1], |row| row.get(0))
        .optional()?;
    frees_slot.map(|at| Ok(retry_after_s(Some(timestamp(at)?), turn.now()))).transpose()
}

/// Stores what is asked for in the job, in place of what was asked for before.
pub(super) fn write_spec(turn: &Turn<'_>, seq: i64, spec: &JobSpec) -> Result<(), Error> {
    turn.prepare_cached("insert or replace into job_specs (seq, spec) values (?1, ?2)")?
        .execute(params![seq, spec_text(spec)?])?;
    Ok(())
}

pub(super) fn job_by_id(connection: &Connection, id: JobId) -> Result<Option<Job>, Error> {
    one_job(
        connection,
        concat!("select ", job_columns!(), " from jobs where id = ?1"),
        &[id.uuid().as_bytes()],
    )
}

pub(super) fn owned_job(turn: &Turn<'_>, owner: &UserId, id: JobId) -> Result<Option<Job>, Error> {
    one_job(
        turn,
        concat!("select ", job_columns!(), " from jobs where id = ?1 and user_id = ?2"),
        &[id.uuid().as_bytes(), &owner.0],
    )
}
