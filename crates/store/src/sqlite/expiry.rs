//! Removes what was kept long enough, in SQLite.

use docket_contract::job::Job;
use rusqlite::params;

use super::rows::{all, micros};
use super::settle::write_deletion;
use super::writer::Turn;
use crate::error::Error;
use crate::ledger::{deletion_window_start, idempotency_window_start};
use crate::rows::{job_columns, read_expired};

pub(super) fn delete_expired(turn: &Turn<'_>, limit: usize) -> Result<Vec<Job>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let expired = all(
        turn,
        concat!(
            "select seq, ",
            job_columns!(),
            " from jobs where finished_at is not null and expires_at <= ?1
             order by expires_at, seq limit ?2"
        ),
        &[&micros(turn.now()), &limit],
        read_expired,
    )?;
    let expired: Vec<Job> = expired.into_iter().flatten().collect();
    for job in &expired {
        turn.prepare_cached("delete from jobs where seq = ?1")?.execute([job.seq])?;
        write_deletion(turn, job)?;
    }
    turn.prepare_cached(
        "delete from idempotency_keys where (user_id, scope, key) in (
            select user_id, scope, key from idempotency_keys
            where created_at <= ?1 order by created_at limit ?2)",
    )?
    .execute(params![micros(idempotency_window_start(turn.now())), limit])?;
    turn.prepare_cached(
        "delete from job_events where seq in (select seq from job_events
            where status = 'deleted' and at <= ?1 order by at limit ?2)",
    )?
    .execute(params![micros(deletion_window_start(turn.now())), limit])?;
    Ok(expired)
}
