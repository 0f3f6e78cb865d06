//! Deletes jobs and entries whose retention is over, in Postgres.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::PostgresStore;
use super::limits;
use super::rows::{PgColumns, duration_us};
use crate::error::Error;
use crate::interface::{Expired, RetentionStore};
use crate::ledger::{DELETION_WINDOW, IDEMPOTENCY_WINDOW};
use crate::rows::{job_columns, read_expired};

/// Expired jobs that nobody else is at, locked.
const TAKE: &str = concat!(
    "select seq, ",
    job_columns!(),
    " from docket.jobs
     where finished_at is not null and expires_at <= coalesce($1::timestamptz, clock_timestamp())
     order by expires_at, seq limit $2
     for update skip locked"
);

/// Their rows are locked by a statement before this one, so it sees all of their events.
const DELETE: &str = "with events as (
        delete from docket.job_events where job_id = any($1)),
     specs as (
        delete from docket.job_specs where job_id = any($1)),
     deleted as (
        delete from docket.jobs where id = any($1) returning *)
     insert into docket.job_events (job_id, user_id, version, status, was_started, pages_done, at)
     select id, user_id, version + 1, 'deleted', started_at is not null, pages_done,
        coalesce($2::timestamptz, clock_timestamp())
     from deleted";

const FORGET_DELETIONS: &str = "delete from docket.job_events where seq in (
        select seq from docket.job_events
        where status = 'deleted' and at <= coalesce($1::timestamptz, clock_timestamp()) - $3::interval
        order by at limit $2)";

const FORGET: &str = "with outdated as materialized (
        select user_id, scope, key from docket.idempotency_keys
        where created_at <= coalesce($1::timestamptz, clock_timestamp()) - $3::interval
        order by created_at limit $2
        for update skip locked)
     delete from docket.idempotency_keys k using outdated o
     where k.user_id = o.user_id and k.scope = o.scope and k.key = o.key";

/// One node at a time sums up: two would take the same sums in different orders.
const ALONE: &str = "select pg_try_advisory_xact_lock(hashtextextended('docket.usage', 0))";

/// Old rows of the ledger that belong to no unfinished job, and their sums.
const SUM_UP: &str = "with old as materialized (
        select u.id from docket.usage u
        where u.at <= coalesce($1::timestamptz, clock_timestamp()) - $2 * interval '1 microsecond'
            and not exists (
                select from docket.jobs j where j.id = u.job_id and j.finished_at is null)
        order by u.at limit $3),
     gone as (
        delete from docket.usage u using old where u.id = old.id returning u.*),
     sums as (
        insert into docket.usage_months as m
            (user_id, month, cycle_started_at, submits, charged, refunded)
        select user_id, date_trunc('month', at at time zone 'UTC')::date, cycle_started_at,
            count(*) filter (where kind = 'submit'),
            coalesce(sum(credits) filter (where credits > 0), 0)::bigint,
            coalesce(-sum(credits) filter (where credits < 0), 0)::bigint
        from gone group by 1, 2, 3
        on conflict (user_id, month, cycle_started_at) do update set
            submits = m.submits + excluded.submits, charged = m.charged + excluded.charged,
            refunded = m.refunded + excluded.refunded)
     select count(*) from gone";

#[async_trait]
impl RetentionStore for PostgresStore {
    async fn delete_expired(&self, limit: usize) -> Result<Expired, Error> {
        self.remove_expired(limit).await
    }

    async fn sum_up_usage(&self, retention: Duration, limit: usize) -> Result<usize, Error> {
        let mut transaction = self.connections.begin().await?;
        limits::of_maintenance(&mut transaction).await?;
        let alone: bool = sqlx::query_scalar(ALONE).fetch_one(&mut *transaction).await?;
        if !alone {
            return Ok(0);
        }
        let removed: i64 = sqlx::query_scalar(SUM_UP)
            .bind(self.clock.fixed())
            .bind(duration_us(retention))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(usize::try_from(removed).unwrap_or_default())
    }
}

impl PostgresStore {
    async fn remove_expired(&self, limit: usize) -> Result<Expired, Error> {
        let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut transaction = self.connections.begin().await?;
        limits::of_maintenance(&mut transaction).await?;
        let rows = sqlx::query(TAKE)
            .bind(self.clock.fixed())
            .bind(limit_rows)
            .fetch_all(&mut *transaction)
            .await?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in &rows {
            jobs.extend(read_expired(&mut PgColumns::new(row))?);
        }
        if !jobs.is_empty() {
            let ids: Vec<Uuid> = jobs.iter().map(|job: &Job| job.id.uuid()).collect();
            delete_locked(&mut transaction, &ids, self.clock.fixed()).await?;
        }
        let mut most = jobs.len();
        for (sql, window) in [(FORGET, IDEMPOTENCY_WINDOW), (FORGET_DELETIONS, DELETION_WINDOW)] {
            let forgotten = sqlx::query(sql)
                .bind(self.clock.fixed())
                .bind(limit_rows)
                .bind(window)
                .execute(&mut *transaction)
                .await?;
            most = most.max(usize::try_from(forgotten.rows_affected()).unwrap_or(usize::MAX));
        }
        transaction.commit().await?;
        self.take_all_freed().await?;
        if !jobs.is_empty() {
            self.mark_changed();
        }
        Ok(Expired { jobs, more: most > 0 && most >= limit })
    }
}

/// Deletes jobs whose rows this transaction has locked, with their events, and leaves the event that
/// they are gone.
pub(super) async fn delete_locked(
    connection: &mut PgConnection,
    ids: &[Uuid],
    at: Option<Timestamp>,
) -> Result<(), Error> {
    sqlx::query(DELETE).bind(ids).bind(at).execute(connection).await?;
    Ok(())
}
