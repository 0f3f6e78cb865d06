//! Batches in SQLite.

use async_trait::async_trait;
use rusqlite::params;
use uuid::Uuid;

use super::accounts::stored_balance;
use super::jobs::{make, submit_wait_s};
use super::rows::{all, micros, one};
use super::writer::Turn;
use super::{SqliteStore, constraint_error};
use crate::error::Error;
use crate::interface::{Batch, BatchInserted, BatchStore, NewBatch};
use crate::ledger::Part;
use crate::rows::{batch_columns, job_columns, read_batch, read_job};

#[async_trait]
impl BatchStore for SqliteStore {
    async fn insert_batch(&self, batch: NewBatch) -> Result<BatchInserted, Error> {
        self.writer.run(move |turn| insert_batch(turn, batch)).await
    }

    async fn find_batch(&self, id: Uuid) -> Result<Option<Batch>, Error> {
        self.readers
            .list(move |connection| {
                let batch = one(
                    connection,
                    concat!("select ", batch_columns!(), " from batches where id = ?1"),
                    &[id.as_bytes()],
                    read_batch,
                )?;
                let Some(batch) = batch else { return Ok(None) };
                let jobs = all(
                    connection,
                    concat!(
                        "select ",
                        job_columns!(),
                        " from jobs where batch_id = ?1 order by seq"
                    ),
                    &[id.as_bytes()],
                    read_job,
                )?;
                Ok(Some(Batch { jobs, ..batch }))
            })
            .await
    }
}

fn insert_batch(turn: &Turn<'_>, wish: NewBatch) -> Result<BatchInserted, Error> {
    let (stored, submits_max) =
        stored_balance(turn, &wish.user_id)?.ok_or(Error::NotFound("account"))?;
    let mut balance = stored.rolled_to(turn.now());
    if balance.remaining() < wish.credits() {
        return Ok(BatchInserted::QuotaExceeded(balance));
    }
    if let Some(submits_max) = submits_max
        && let Some(retry_after_s) = submit_wait_s(turn, &wish.user_id, submits_max)?
    {
        return Ok(BatchInserted::RateLimited { retry_after_s });
    }
    let mut batch = insert_row(turn, &wish)?;
    let mut part = Part::First(batch.id);
    for mut job in wish.jobs {
        job.user_id.clone_from(&batch.user_id);
        balance.used += job.credits;
        batch.jobs.push(make(turn, &job, &balance, part)?);
        part = Part::Further(batch.id);
    }
    Ok(BatchInserted::Batch { batch, balance })
}

fn insert_row(turn: &Turn<'_>, wish: &NewBatch) -> Result<Batch, Error> {
    let total_jobs = i64::try_from(wish.jobs.len()).unwrap_or(i64::MAX);
    turn.prepare_cached(
        "insert into batches (id, user_id, total_jobs, created_at) values (?1, ?2, ?3, ?4)",
    )?
    .execute(params![wish.id.as_bytes(), wish.user_id.0, total_jobs, micros(turn.now())])
    .map_err(|error| constraint_error(error, "account", "batch"))?;
    let inserted = one(
        turn,
        concat!("select ", batch_columns!(), " from batches where id = ?1"),
        &[wish.id.as_bytes()],
        read_batch,
    )?;
    inserted.ok_or(Error::NotFound("batch"))
}
