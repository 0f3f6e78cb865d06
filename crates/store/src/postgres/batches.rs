//! Batches in Postgres: under the lock of their account, in one transaction.

use async_trait::async_trait;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::idempotency::{remember, repeated};
use super::insert::{insert_admitted, submit_wait_s};
use super::rows::PgColumns;
use super::{PostgresStore, constraint_error};
use crate::error::Error;
use crate::interface::{Batch, BatchInserted, BatchStore, Inserted, NewBatch};
use crate::ledger::Part;
use crate::rows::{batch_columns, job_columns, read_batch, read_job, spec_text};

#[async_trait]
impl BatchStore for PostgresStore {
    async fn insert_batch(&self, request: NewBatch) -> Result<BatchInserted, Error> {
        let mut transaction = self.connections.begin().await?;
        let account = self.lock_account(&mut transaction, &request.user_id).await?;
        if let Some(answer) = replayed(&mut transaction, &request, account.now).await? {
            return Ok(answer);
        }
        let mut balance = account.balance;
        if balance.remaining() < request.credits() {
            return Ok(BatchInserted::QuotaExceeded(balance));
        }
        if let Some(submits_max) = account.submits_max
            && let Some(retry_after_s) =
                submit_wait_s(&mut transaction, &request.user_id, submits_max, account.now).await?
        {
            return Ok(BatchInserted::RateLimited { retry_after_s });
        }
        if !account.documents.fits(request.document_bytes()) {
            return Ok(BatchInserted::DocumentsFull(account.documents));
        }
        let mut batch = insert_row(&mut transaction, &request, account.now).await?;
        let mut part = Part::First(batch.id);
        for mut job in request.jobs {
            job.user_id.clone_from(&batch.user_id);
            let spec = spec_text(&job.spec)?;
            let (inserted, left) =
                insert_admitted(&mut transaction, &job, &spec, Some(account.now), part).await?;
            batch.jobs.push(inserted);
            balance = left;
            part = Part::Further(batch.id);
        }
        if let (Some(idempotency), Some(first)) = (&request.idempotency, batch.jobs.first()) {
            remember(&mut transaction, idempotency, first, &balance).await?;
        }
        transaction.commit().await?;
        if let Some(queued) = batch.jobs.iter().find(|job| job.state == JobState::Queued) {
            self.mark_ready(queued);
        }
        Ok(BatchInserted::Batch { batch, balance })
    }

    async fn find_batch(&self, id: Uuid) -> Result<Option<Batch>, Error> {
        let ask = || async { found(&mut *self.pool.acquire().await?, BY_ID, id).await };
        self.connections.again(ask).await
    }
}

const BY_ID: &str = concat!("select ", batch_columns!(), " from docket.batches where id = $1");

const OF_JOB: &str = concat!(
    "select ",
    batch_columns!(),
    " from docket.batches where id = (select batch_id from docket.jobs where id = $1)"
);

/// The batch that the statement finds by the id, with its jobs.
async fn found(
    connection: &mut PgConnection,
    sql: &'static str,
    id: Uuid,
) -> Result<Option<Batch>, Error> {
    let row = sqlx::query(sql).bind(id).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let batch = read_batch(&mut PgColumns::new(&row))?;
    let rows = sqlx::query(concat!(
        "select ",
        job_columns!(),
        " from docket.jobs where batch_id = $1 order by seq"
    ))
    .bind(batch.id)
    .fetch_all(connection)
    .await?;
    let jobs: Result<_, Error> =
        rows.iter().map(|row| read_job(&mut PgColumns::new(row))).collect();
    Ok(Some(Batch { jobs: jobs?, ..batch }))
}

/// The answer to a repeated submit; `None` if its key is unused.
async fn replayed(
    connection: &mut PgConnection,
    request: &NewBatch,
    now: Timestamp,
) -> Result<Option<BatchInserted>, Error> {
    let Some(idempotency) = &request.idempotency else { return Ok(None) };
    match repeated(&mut *connection, &request.user_id, idempotency, now).await? {
        Some(Inserted::Replayed { job, .. }) => {
            let batch = found(connection, OF_JOB, job.id.uuid()).await?;
            Ok(batch.map(BatchInserted::Replayed))
        }
        Some(_) => Ok(Some(BatchInserted::IdempotencyConflict)),
        None => Ok(None),
    }
}

async fn insert_row(
    connection: &mut PgConnection,
    request: &NewBatch,
    now: Timestamp,
) -> Result<Batch, Error> {
    let row = sqlx::query(concat!(
        "insert into docket.batches (id, user_id, total_jobs, created_at)
         values ($1, $2, $3, $4) returning ",
        batch_columns!()
    ))
    .bind(request.id)
    .bind(&request.user_id.0)
    .bind(i64::try_from(request.jobs.len()).unwrap_or(i64::MAX))
    .bind(now)
    .fetch_one(connection)
    .await
    .map_err(|error| constraint_error(error, "account", "batch"))?;
    read_batch(&mut PgColumns::new(&row))
}
