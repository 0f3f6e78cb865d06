//! Batches in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::accounts::stored_balance;
use super::documents::document_bytes;
use super::idempotency::{remember, repeated};
use super::job_rows::submit_wait_s;
use super::jobs::make;
use super::rows::{all, micros, one};
use super::writer::Turn;
use super::{SqliteStore, constraint_error};
use crate::error::Error;
use crate::interface::{Batch, BatchInserted, BatchStore, CommonLimit, Inserted, NewBatch};
use crate::ledger::Part;
use crate::rows::{batch_columns, job_columns, read_batch, read_job};

#[async_trait]
impl BatchStore for SqliteStore {
    async fn insert_batch(&self, batch: NewBatch) -> Result<BatchInserted, Error> {
        let limit = Arc::clone(&self.document_limit);
        let inserted = self.writer.run(move |turn| insert_batch(turn, batch, &limit)).await?;
        if let BatchInserted::Batch { batch, .. } = &inserted {
            batch.jobs.iter().for_each(|job| self.heard(job));
        }
        Ok(inserted)
    }

    async fn find_batch(&self, id: Uuid) -> Result<Option<Batch>, Error> {
        self.readers
            .list(move |connection| {
                let by_id = concat!("select ", batch_columns!(), " from batches where id = ?1");
                found(connection, by_id, id)
            })
            .await
    }
}

const OF_JOB: &str = concat!(
    "select ",
    batch_columns!(),
    " from batches where id = (select batch_id from jobs where id = ?1)"
);

/// The batch that the statement finds by the id, with its jobs.
fn found(connection: &Connection, sql: &str, id: Uuid) -> Result<Option<Batch>, Error> {
    let Some(batch) = one(connection, sql, &[id.as_bytes()], read_batch)? else {
        return Ok(None);
    };
    let jobs = all(
        connection,
        concat!("select ", job_columns!(), " from jobs where batch_id = ?1 order by seq"),
        &[batch.id.as_bytes()],
        read_job,
    )?;
    Ok(Some(Batch { jobs, ..batch }))
}

/// The answer to a repeated submit; `None` if its key is unused.
fn replayed(turn: &Turn<'_>, request: &NewBatch) -> Result<Option<BatchInserted>, Error> {
    let Some(idempotency) = &request.idempotency else { return Ok(None) };
    match repeated(turn, &request.user_id, idempotency)? {
        Some(Inserted::Replayed { job, .. }) => {
            Ok(found(turn, OF_JOB, job.id.uuid())?.map(BatchInserted::Replayed))
        }
        Some(_) => Ok(Some(BatchInserted::IdempotencyConflict)),
        None => Ok(None),
    }
}

fn insert_batch(
    turn: &Turn<'_>,
    request: NewBatch,
    limit: &CommonLimit,
) -> Result<BatchInserted, Error> {
    let (stored, submits_max) =
        stored_balance(turn, &request.user_id)?.ok_or(Error::NotFound("account"))?;
    if let Some(answer) = replayed(turn, &request)? {
        return Ok(answer);
    }
    let mut balance = stored.rolled_to(turn.now());
    if balance.remaining() < request.credits() {
        return Ok(BatchInserted::QuotaExceeded(balance));
    }
    if let Some(submits_max) = submits_max
        && let Some(retry_after_s) = submit_wait_s(turn, &request.user_id, submits_max)?
    {
        return Ok(BatchInserted::RateLimited { retry_after_s });
    }
    let documents = document_bytes(turn, &request.user_id, limit)?;
    if !documents.fits(request.document_bytes()) {
        return Ok(BatchInserted::DocumentsFull(documents));
    }
    let mut batch = insert_row(turn, &request)?;
    let mut part = Part::First(batch.id);
    for mut job in request.jobs {
        job.user_id.clone_from(&batch.user_id);
        balance.used += job.credits;
        batch.jobs.push(make(turn, &job, &balance, part)?);
        part = Part::Further(batch.id);
    }
    if let (Some(idempotency), Some(first)) = (&request.idempotency, batch.jobs.first()) {
        remember(turn, idempotency, first, &balance)?;
    }
    Ok(BatchInserted::Batch { batch, balance })
}

fn insert_row(turn: &Turn<'_>, request: &NewBatch) -> Result<Batch, Error> {
    let total_jobs = i64::try_from(request.jobs.len()).unwrap_or(i64::MAX);
    turn.prepare_cached(
        "insert into batches (id, user_id, total_jobs, created_at) values (?1, ?2, ?3, ?4)",
    )?
    .execute(params![request.id.as_bytes(), request.user_id.0, total_jobs, micros(turn.now())])
    .map_err(|error| constraint_error(error, "account", "batch"))?;
    let inserted = one(
        turn,
        concat!("select ", batch_columns!(), " from batches where id = ?1"),
        &[request.id.as_bytes()],
        read_batch,
    )?;
    inserted.ok_or(Error::NotFound("batch"))
}
