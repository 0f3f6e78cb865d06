//! Jobs as their owners see them, in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use docket_contract::job::{Job, JobWithSpec};
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::status::JobStatus;
use docket_contract::{JobId, UserId};
use rusqlite::params;
use uuid::Uuid;

use super::accounts::stored_balance;
use super::documents::document_bytes;
use super::idempotency::{remember, repeated};
use super::job_rows::{job_by_id, owned_job, submit_wait_s, write_spec};
use super::list::list;
use super::rerun::rerun_job;
use super::rows::{all, duration_us, micros, one, one_job};
use super::settle::{end_and_refund, write_deletion, write_event};
use super::writer::Turn;
use super::{SqliteStore, constraint_error};
use crate::error::Error;
use crate::interface::{
    Balance, CancelOutcome, CommonLimit, DeleteOutcome, Inserted, JobEvent, JobPage, JobQuery,
    JobStore, NewJob, Rerun, RerunOutcome,
};
use crate::ledger::Part;
use crate::rows::{
    cancellation, event_columns, job_columns, read_event, read_job_with_spec, read_spec_of,
    read_status, status_columns,
};

#[async_trait]
impl JobStore for SqliteStore {
    async fn insert_job(&self, job: NewJob) -> Result<Inserted, Error> {
        let limit = Arc::clone(&self.document_limit);
        let inserted = self.writer.run(move |turn| insert_job(turn, &job, &limit)).await?;
        if let Inserted::Job { job, .. } = &inserted {
            self.heard(job);
        }
        Ok(inserted)
    }

    async fn find_job(&self, id: JobId) -> Result<Option<Job>, Error> {
        self.readers.point(|connection| job_by_id(connection, id))
    }

    async fn find_job_with_spec(&self, id: JobId) -> Result<Option<JobWithSpec>, Error> {
        self.readers.point(|connection| {
            let sql = concat!("select ", job_columns!(), spec_of!(), " from jobs where id = ?1");
            one(connection, sql, &[id.uuid().as_bytes()], read_job_with_spec)
        })
    }

    async fn find_specs(&self, ids: &[JobId]) -> Result<Vec<(JobId, JobSpec)>, Error> {
        let ids = ids.to_vec();
        self.readers
            .list(move |connection| {
                let sql = "select jobs.id, job_specs.spec from jobs join job_specs using (seq)
                    where jobs.id = ?1";
                let mut specs = Vec::with_capacity(ids.len());
                for id in &ids {
                    specs.extend(one(connection, sql, &[id.uuid().as_bytes()], read_spec_of)?);
                }
                Ok(specs)
            })
            .await
    }

    async fn find_status(&self, id: JobId) -> Result<Option<JobStatus>, Error> {
        self.readers.point(|connection| {
            one(
                connection,
                concat!("select ", status_columns!(), " from jobs where id = ?1"),
                &[id.uuid().as_bytes()],
                read_status,
            )
        })
    }

    async fn list_jobs(&self, query: JobQuery) -> Result<JobPage, Error> {
        self.readers.list(move |connection| list(connection, &query)).await
    }

    async fn cancel_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error> {
        let owner = owner.clone();
        self.writer.run(move |turn| cancel_job(turn, &owner, id, CANCEL)).await
    }

    async fn cancel_waiting_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error> {
        let owner = owner.clone();
        self.writer.run(move |turn| cancel_job(turn, &owner, id, CANCEL_WAITING)).await
    }

    async fn rerun_job(&self, owner: &UserId, rerun: Rerun) -> Result<RerunOutcome, Error> {
        let owner = owner.clone();
        let outcome = self.writer.run(move |turn| rerun_job(turn, &owner, &rerun)).await?;
        if let RerunOutcome::Queued { job, .. } = &outcome {
            self.heard(job);
        }
        Ok(outcome)
    }

    async fn delete_job(&self, owner: &UserId, id: JobId) -> Result<DeleteOutcome, Error> {
        let owner = owner.clone();
        self.writer.run(move |turn| delete_job(turn, &owner, id)).await
    }

    async fn list_events(&self, id: JobId) -> Result<Vec<JobEvent>, Error> {
        self.readers
            .list(move |connection| {
                all(
                    connection,
                    concat!(
                        "select ",
                        event_columns!(),
                        " from job_events where job_id = ?1 and status <> 'deleted' order by seq"
                    ),
                    &[id.uuid().as_bytes()],
                    read_event,
                )
            })
            .await
    }
}

fn insert_job(turn: &Turn<'_>, job: &NewJob, limit: &CommonLimit) -> Result<Inserted, Error> {
    let (stored, submits_max) =
        stored_balance(turn, &job.user_id)?.ok_or(Error::NotFound("account"))?;
    if let Some(idempotency) = &job.idempotency
        && let Some(answer) = repeated(turn, &job.user_id, idempotency)?
    {
        return Ok(answer);
    }
    let mut balance = stored.rolled_to(turn.now());
    if balance.remaining() < job.credits_needed() {
        return Ok(Inserted::QuotaExceeded(balance));
    }
    if let Some(submits_max) = submits_max
        && let Some(retry_after_s) = submit_wait_s(turn, &job.user_id, submits_max)?
    {
        return Ok(Inserted::RateLimited { retry_after_s });
    }
    let documents = document_bytes(turn, &job.user_id, limit)?;
    if !documents.fits(job.document.size_bytes) {
        return Ok(Inserted::DocumentsFull(documents));
    }
    balance.used += job.credits;
    let inserted = make(turn, job, &balance, Part::Whole)?;
    if let Some(idempotency) = &job.idempotency {
        remember(turn, idempotency, &inserted, &balance)?;
    }
    Ok(Inserted::Job { job: inserted, balance })
}

/// Inserts a job that was admitted, charges it so that `balance` remains, and writes its event.
pub(super) fn make(
    turn: &Turn<'_>,
    job: &NewJob,
    balance: &Balance,
    part: Part,
) -> Result<Job, Error> {
    charge(turn, job, balance, part)?;
    let inserted = insert_row(turn, job, part)?;
    write_event(turn, inserted.seq)?;
    if inserted.state == JobState::Queued {
        turn.mark_ready();
    }
    Ok(inserted)
}

fn charge(turn: &Turn<'_>, job: &NewJob, balance: &Balance, part: Part) -> Result<(), Error> {
    let cycle_started_at = micros(balance.cycle_started_at);
    turn.prepare_cached(
        "update accounts set credits_used = ?2, cycle_started_at = ?3 where user_id = ?1",
    )?
    .execute(params![job.user_id.0, balance.used, cycle_started_at])?;
    turn.prepare_cached(
        "insert into usage (user_id, job_id, kind, credits, cycle_started_at, at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        job.user_id.0,
        job.id.uuid().as_bytes(),
        part.kind(),
        job.credits,
        cycle_started_at,
        micros(turn.now())
    ])?;
    Ok(())
}

fn insert_row(turn: &Turn<'_>, job: &NewJob, part: Part) -> Result<Job, Error> {
    let document = &job.document;
    let batch = part.batch();
    turn.prepare_cached(
        "insert into jobs (id, user_id, type, status, document_name, document_sha256,
            document_bytes, document_media_type, document_blob_key, document_source_url,
            document_password, pages_total, pages_selected, pages_done, pages_failed, credits,
            priority, run_at, created_at, updated_at, expires_at, batch_id, upload_until)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
            ?18, ?18, ?18, ?18 + ?19, ?20, ?18 + ?21)",
    )?
    .execute(params![
        job.id.uuid().as_bytes(),
        job.user_id.0,
        job.spec.job_type().as_str(),
        job.state().as_str(),
        document.name,
        document.sha256,
        document.size_bytes,
        document.media_type,
        document.blob_key.as_ref().map(|key| key.as_str()),
        document.source_url,
        document.password,
        job.pages.total,
        job.pages.selected,
        job.pages.done,
        job.pages.failed,
        job.credits,
        job.priority,
        micros(turn.now()),
        duration_us(job.retention),
        batch.as_ref().map(Uuid::as_bytes),
        job.upload_window.map(duration_us),
    ])
    .map_err(|error| constraint_error(error, "account", "job"))?;
    let inserted = one_job(
        turn,
        concat!("select ", job_columns!(), " from jobs where seq = last_insert_rowid()"),
        &[],
    )?;
    let inserted = inserted.ok_or(Error::NotFound("job"))?;
    write_spec(turn, inserted.seq, &job.spec)?;
    Ok(inserted)
}

macro_rules! cancel_sql {
    ($what:literal) => {
        concat!(
            "update jobs set ",
            transition!(ended),
            ", status = 'cancelled', credits = 0, error_code = ?2, error_message = ?3
             where id = ?4 and user_id = ?5 and finished_at is null",
            $what,
            " returning ",
            job_columns!()
        )
    };
}

const CANCEL: &str = cancel_sql!("");
const CANCEL_WAITING: &str = cancel_sql!(" and started_at is null");

fn cancel_job(
    turn: &Turn<'_>,
    owner: &UserId,
    id: JobId,
    sql: &str,
) -> Result<CancelOutcome, Error> {
    let failure = cancellation();
    let cancelled = one_job(
        turn,
        sql,
        &[
            &micros(turn.now()),
            &failure.code.as_str(),
            &failure.message,
            id.uuid().as_bytes(),
            &owner.0,
        ],
    )?;
    if let Some(job) = cancelled {
        end_and_refund(turn, job.seq)?;
        return Ok(CancelOutcome::Cancelled(job));
    }
    Ok(match owned_job(turn, owner, id)? {
        None => CancelOutcome::NotFound,
        Some(job) if job.state.is_terminal() => CancelOutcome::AlreadyEnded(job),
        Some(job) => CancelOutcome::AlreadyStarted(job),
    })
}

fn delete_job(turn: &Turn<'_>, owner: &UserId, id: JobId) -> Result<DeleteOutcome, Error> {
    let deleted = one_job(
        turn,
        concat!(
            "delete from jobs where id = ?1 and user_id = ?2 and finished_at is not null returning ",
            job_columns!()
        ),
        &[id.uuid().as_bytes(), &owner.0],
    )?;
    if let Some(job) = deleted {
        write_deletion(turn, &job)?;
        return Ok(DeleteOutcome::Deleted(job));
    }
    Ok(owned_job(turn, owner, id)?.map_or(DeleteOutcome::NotFound, |_| DeleteOutcome::NotEnded))
}
