//! Removes what was kept long enough, in Postgres.

use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::PostgresStore;
use super::limits;
use super::rows::PgColumns;
use crate::error::Error;
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

impl PostgresStore {
    pub(super) async fn remove_expired(&self, limit: usize) -> Result<Vec<Job>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut transaction = self.connections.begin().await?;
        limits::of_maintenance(&mut transaction).await?;
        let rows = sqlx::query(TAKE)
            .bind(self.clock.fixed())
            .bind(limit)
            .fetch_all(&mut *transaction)
            .await?;
        let mut expired = Vec::with_capacity(rows.len());
        for row in &rows {
            expired.extend(read_expired(&mut PgColumns::new(row))?);
        }
        let ids: Vec<Uuid> = expired.iter().map(|job: &Job| job.id.uuid()).collect();
        delete_locked(&mut transaction, &ids, self.clock.fixed()).await?;
        for (sql, window) in [(FORGET, IDEMPOTENCY_WINDOW), (FORGET_DELETIONS, DELETION_WINDOW)] {
            sqlx::query(sql)
                .bind(self.clock.fixed())
                .bind(limit)
                .bind(window)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        if !expired.is_empty() {
            self.mark_changed();
        }
        Ok(expired)
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
