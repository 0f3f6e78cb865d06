//! Jobs as their owners see them, in Postgres.

use async_trait::async_trait;
use docket_contract::job::Job;
use docket_contract::status::JobStatus;
use docket_contract::{JobId, UserId};

use super::PostgresStore;
use super::expiry::delete_locked;
use super::rows::{PgColumns, one_job};
use crate::error::Error;
use crate::interface::{
    CancelOutcome, DeleteOutcome, Inserted, JobEvent, JobPage, JobQuery, JobStore, NewJob, Rerun,
    RerunOutcome,
};
use crate::rows::{cancellation, event_columns, filter_word, job_columns, read_event, read_job};

#[async_trait]
impl JobStore for PostgresStore {
    async fn insert_job(&self, job: NewJob) -> Result<Inserted, Error> {
        self.insert(&job).await
    }

    async fn find_job(&self, id: JobId) -> Result<Option<Job>, Error> {
        let query = || {
            sqlx::query(concat!("select ", job_columns!(), " from docket.jobs where id = $1"))
                .bind(id.uuid())
        };
        self.connections.one(query, read_job).await
    }

    async fn find_status(&self, id: JobId) -> Result<Option<JobStatus>, Error> {
        self.status_reads.read(id).await
    }

    async fn list_jobs(&self, query: JobQuery) -> Result<JobPage, Error> {
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX - 1);
        let list = || {
            sqlx::query(LIST)
                .bind(&query.user_id.0)
                .bind(query.before_seq.unwrap_or(i64::MAX))
                .bind(query.job_type.map(|job_type| job_type.as_str()))
                .bind(query.status.map(filter_word))
                .bind(limit + 1)
                .bind(query.created_from)
                .bind(query.created_until)
                .bind(i64::try_from(query.offset).unwrap_or(i64::MAX))
        };
        let mut jobs = self.connections.all(list, read_job).await?;
        let more = jobs.len() > query.limit;
        jobs.truncate(query.limit);
        Ok(JobPage { jobs, more })
    }

    async fn cancel_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error> {
        self.cancel(owner, id, CANCEL, |_| true).await
    }

    async fn cancel_waiting_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error> {
        self.cancel(owner, id, CANCEL_WAITING, |job| job.started_at.is_none()).await
    }

    async fn rerun_job(&self, owner: &UserId, rerun: Rerun) -> Result<RerunOutcome, Error> {
        self.rerun(owner, &rerun).await
    }

    async fn delete_job(&self, owner: &UserId, id: JobId) -> Result<DeleteOutcome, Error> {
        let mut transaction = self.connections.begin().await?;
        let row = sqlx::query(OWNED_FOR_DELETE)
            .bind(id.uuid())
            .bind(&owner.0)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(DeleteOutcome::NotFound) };
        let job = read_job(&mut PgColumns::new(&row))?;
        if !job.state.is_terminal() {
            return Ok(DeleteOutcome::NotEnded);
        }
        delete_locked(&mut transaction, &[id.uuid()], self.clock.fixed()).await?;
        transaction.commit().await?;
        self.mark_changed();
        Ok(DeleteOutcome::Deleted(job))
    }

    async fn delete_expired(&self, limit: usize) -> Result<Vec<Job>, Error> {
        self.remove_expired(limit).await
    }

    async fn list_events(&self, id: JobId) -> Result<Vec<JobEvent>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                event_columns!(),
                " from docket.job_events where job_id = $1 and status <> 'deleted' order by seq"
            ))
            .bind(id.uuid())
        };
        self.connections.all(query, read_event).await
    }
}

impl PostgresStore {
    async fn cancel(
        &self,
        owner: &UserId,
        id: JobId,
        sql: &'static str,
        is_wanted: fn(&Job) -> bool,
    ) -> Result<CancelOutcome, Error> {
        let failure = cancellation();
        loop {
            let query = sqlx::query(sql)
                .bind(self.clock.fixed())
                .bind(id.uuid())
                .bind(&owner.0)
                .bind(failure.code.as_str())
                .bind(&failure.message);
            if let Some(job) = one_job(&self.pool, query).await? {
                self.mark_ended();
                return Ok(CancelOutcome::Cancelled(job));
            }
            return Ok(match self.owned_job(owner, id).await? {
                None => CancelOutcome::NotFound,
                Some(job) if job.state.is_terminal() => CancelOutcome::AlreadyEnded(job),
                // It had ended, and was run once more between the two statements.
                Some(job) if is_wanted(&job) => continue,
                Some(job) => CancelOutcome::AlreadyStarted(job),
            });
        }
    }

    async fn owned_job(&self, owner: &UserId, id: JobId) -> Result<Option<Job>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                job_columns!(),
                " from docket.jobs where id = $1 and user_id = $2"
            ))
            .bind(id.uuid())
            .bind(&owner.0)
        };
        self.connections.one(query, read_job).await
    }
}

const LIST: &str = concat!(
    "select ",
    job_columns!(),
    " from docket.jobs
     where user_id = $1 and seq < $2 and ($3::text is null or type = $3)
        and ($4::text is null or $4 = case
            when status in ('awaiting_upload', 'queued') and started_at is null then 'queued'
            when status in ('queued', 'processing') then 'processing'
            when status = 'succeeded' then 'completed'
            else 'failed' end)
        and ($6::timestamptz is null or created_at >= $6)
        and ($7::timestamptz is null or created_at <= $7)
     order by seq desc limit $5 offset $8"
);

macro_rules! cancel_sql {
    ($what:literal) => {
        concat!(
            with_now!(),
            ", changed as (
                update docket.jobs j set ",
            transition!(ended),
            ", status = 'cancelled', credits = 0, error_code = $4, error_message = $5
                from now
                where j.id = $2 and j.user_id = $3 and j.finished_at is null",
            $what,
            " returning j.*)",
            write_event!(),
            " select ",
            job_columns!(),
            " from changed"
        )
    };
}

const CANCEL: &str = cancel_sql!("");
const CANCEL_WAITING: &str = cancel_sql!(" and j.started_at is null");

/// Locked, so that the statement that deletes it sees all of its events.
const OWNED_FOR_DELETE: &str = concat!(
    "select ",
    job_columns!(),
    " from docket.jobs where id = $1 and user_id = $2 for update"
);
