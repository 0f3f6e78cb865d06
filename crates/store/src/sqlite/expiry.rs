//! Removes what was kept long enough, in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::job::Job;
use rusqlite::params;

use super::SqliteStore;
use super::rows::{all, duration_us, micros};
use super::settle::write_deletion;
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{Expired, RetentionStore};
use crate::ledger::{deletion_window_start, idempotency_window_start};
use crate::rows::{job_columns, read_expired};

#[async_trait]
impl RetentionStore for SqliteStore {
    async fn delete_expired(&self, limit: usize) -> Result<Expired, Error> {
        self.writer.run(move |turn| delete_expired(turn, limit)).await
    }

    async fn sum_up_usage(&self, retention: Duration, limit: usize) -> Result<usize, Error> {
        self.writer.run(move |turn| sum_up_usage(turn, retention, limit)).await
    }
}

const EXPIRED: &str = concat!(
    "select seq, ",
    job_columns!(),
    " from jobs where finished_at is not null and expires_at <= ?1
     order by expires_at, seq limit ?2"
);

fn delete_expired(turn: &Turn<'_>, limit: usize) -> Result<Expired, Error> {
    let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let expired = all(turn, EXPIRED, &[&micros(turn.now()), &limit_rows], read_expired)?;
    let jobs: Vec<Job> = expired.into_iter().flatten().collect();
    for job in &jobs {
        turn.prepare_cached("delete from jobs where seq = ?1")?.execute([job.seq])?;
        write_deletion(turn, job)?;
    }
    let keys = turn
        .prepare_cached(
            "delete from idempotency_keys where (user_id, scope, key) in (
                select user_id, scope, key from idempotency_keys
                where created_at <= ?1 order by created_at limit ?2)",
        )?
        .execute(params![micros(idempotency_window_start(turn.now())), limit_rows])?;
    let deletions = turn
        .prepare_cached(
            "delete from job_events where seq in (select seq from job_events
                where status = 'deleted' and at <= ?1 order by at limit ?2)",
        )?
        .execute(params![micros(deletion_window_start(turn.now())), limit_rows])?;
    let more =
        [jobs.len(), keys, deletions].into_iter().any(|removed| removed > 0 && removed >= limit);
    Ok(Expired { jobs, more })
}

/// Rows of the ledger that are old and belong to no unfinished job.
const OLD: &str = "select id from usage where at <= ?1
        and not exists (select 1 from jobs where jobs.id = usage.job_id and finished_at is null)
     order by at limit ?2";

const SUM_UP: &str = "insert into usage_months
        (user_id, month, cycle_started_at, submits, charged, refunded)
     select user_id, strftime('%Y-%m', at / 1000000, 'unixepoch'), cycle_started_at,
        count(*) filter (where kind = 'submit'),
        coalesce(sum(credits) filter (where credits > 0), 0),
        coalesce(-sum(credits) filter (where credits < 0), 0)
     from usage where id in (select value from json_each(?1))
     group by 1, 2, 3
     on conflict (user_id, month, cycle_started_at) do update set
        submits = submits + excluded.submits, charged = charged + excluded.charged,
        refunded = refunded + excluded.refunded";

fn sum_up_usage(turn: &Turn<'_>, retention: Duration, limit: usize) -> Result<usize, Error> {
    let oldest_kept = micros(turn.now()) - duration_us(retention);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let old = all(turn, OLD, &[&oldest_kept, &limit], |row| row.long())?;
    if old.is_empty() {
        return Ok(0);
    }
    let ids = format!("{old:?}");
    turn.prepare_cached(SUM_UP)?.execute([&ids])?;
    let removed = turn
        .prepare_cached("delete from usage where id in (select value from json_each(?1))")?
        .execute([&ids])?;
    Ok(removed)
}
