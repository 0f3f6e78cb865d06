//! Jobs as their owners see them, in Postgres.

use async_trait::async_trait;
use docket_contract::job::{Job, JobWithSpec};
use docket_contract::spec::JobSpec;
use docket_contract::status::JobStatus;
use docket_contract::{JobId, UserId};
use uuid::Uuid;

use super::PostgresStore;
use super::expiry::delete_locked;
use super::rows::{PgColumns, one_job};
use crate::error::Error;
use crate::interface::{
    CancelOutcome, DeleteOutcome, Inserted, JobEvent, JobPage, JobQuery, JobStore, NewJob, Rerun,
    RerunOutcome,
};
use crate::rows::{
    cancellation, event_columns, job_columns, read_event, read_job, read_job_with_spec,
    read_spec_of,
};

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

    async fn find_job_with_spec(&self, id: JobId) -> Result<Option<JobWithSpec>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                job_columns!(),
                spec_of!("j"),
                " from docket.jobs j where id = $1"
            ))
            .bind(id.uuid())
        };
        self.connections.one(query, read_job_with_spec).await
    }

    async fn find_specs(&self, ids: &[JobId]) -> Result<Vec<(JobId, JobSpec)>, Error> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let query = || {
            sqlx::query("select job_id, spec from docket.job_specs where job_id = any($1)")
                .bind(&ids)
        };
        self.connections.all(query, read_spec_of).await
    }

    async fn find_status(&self, id: JobId) -> Result<Option<JobStatus>, Error> {
        self.status_reads.read(id).await
    }

    async fn list_jobs(&self, query: JobQuery) -> Result<JobPage, Error> {
        self.list(&query).await
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
        self.take_freed([owner]).await;
        self.mark_changed();
        Ok(DeleteOutcome::Deleted(job))
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
