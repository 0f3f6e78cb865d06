//! Reads of jobs: one, many, and their results. Reading consumes nothing.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
use docket_contract::job::{Job, JobType, JobWithSpec};
use docket_contract::state::{JobState, JobsWord};
use docket_contract::timestamp::Timestamp;
use docket_contract::wire::jobs::error_text;
use docket_contract::{JobId, JobSpec};
use docket_store::{JobPage, JobQuery, ListPlace};

use crate::{Caller, Error, Jobs};

/// Which of the caller's jobs to list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Only jobs with this status.
    pub status: Option<JobsWord>,
    /// Only those of this type.
    pub job_type: Option<JobType>,
    /// Only those behind this place.
    pub before: Option<ListPlace>,
    /// Only those made at this instant or later.
    pub created_from: Option<Timestamp>,
    /// Only those made at this instant or earlier.
    pub created_until: Option<Timestamp>,
    /// Skips this many of the newest.
    pub offset: usize,
    /// Number of jobs, at most.
    pub limit: usize,
}

/// A succeeded job with its stored result.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The job.
    pub job: Job,
    /// The options of the job.
    pub spec: JobSpec,
    /// The result as JSON text.
    pub result: Bytes,
}

impl Jobs {
    /// One of the caller's jobs. Another account's job is as unknown as one that never was.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn find(&self, caller: &Caller, id: JobId) -> Result<Job, Error> {
        match self.store.find_job(id).await? {
            Some(job) if job.user_id == caller.user_id => {
                self.note_version(id, job.version);
                Ok(job)
            }
            _ => Err(Error::NotFound),
        }
    }

    /// The same with the options of the job.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn find_with_spec(&self, caller: &Caller, id: JobId) -> Result<JobWithSpec, Error> {
        match self.store.find_job_with_spec(id).await? {
            Some(found) if found.job.user_id == caller.user_id => {
                self.note_version(id, found.job.version);
                Ok(found)
            }
            _ => Err(Error::NotFound),
        }
    }

    /// The options of these jobs, in their order; jobs that no longer exist are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn with_specs(&self, jobs: Vec<Job>) -> Result<Vec<JobWithSpec>, Error> {
        let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
        let mut specs: HashMap<_, _> = self.store.find_specs(&ids).await?.into_iter().collect();
        let complete = |job: Job| specs.remove(&job.id).map(|spec| JobWithSpec { job, spec });
        Ok(jobs.into_iter().filter_map(complete).collect())
    }

    /// The caller's jobs, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, caller: &Caller, request: ListRequest) -> Result<JobPage, Error> {
        let query = JobQuery {
            user_id: caller.user_id.clone(),
            status: request.status,
            job_type: request.job_type,
            before: request.before,
            created_from: request.created_from,
            created_until: request.created_until,
            offset: request.offset,
            limit: request.limit,
        };
        Ok(self.store.list_jobs(query).await?)
    }

    /// One of the caller's jobs with its result.
    ///
    /// # Errors
    /// As for [`Jobs::find_succeeded`].
    pub async fn result(&self, caller: &Caller, id: JobId) -> Result<Finished, Error> {
        let JobWithSpec { job, spec } = self.find_succeeded(caller, id).await?;
        let result = self.result_of(&job).await?;
        Ok(Finished { job, spec, result })
    }

    /// One of the caller's jobs, if it succeeded.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotCompleted`], [`Error::JobFailed`], or if storage fails.
    pub async fn find_succeeded(&self, caller: &Caller, id: JobId) -> Result<JobWithSpec, Error> {
        let found = self.find_with_spec(caller, id).await?;
        match found.job.visible_state() {
            JobState::Succeeded => Ok(found),
            JobState::Failed | JobState::Cancelled => {
                Err(Error::JobFailed(error_text(&found.job).unwrap_or_default()))
            }
            unfinished => Err(Error::NotCompleted(unfinished.jobs_word())),
        }
    }

    /// The stored result of a succeeded job.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the job was deleted in between, or if storage fails.
    pub async fn result_of(&self, job: &Job) -> Result<Bytes, Error> {
        let key = job.result_key.as_ref().ok_or(Error::NotFound)?;
        self.there_or_gone(job, self.blobs.read(key).await).await
    }

    /// A part of it; less than the range at its end.
    ///
    /// # Errors
    /// As for [`Jobs::result_of`].
    pub async fn read_result(&self, job: &Job, range: Range<u64>) -> Result<Bytes, Error> {
        let key = job.result_key.as_ref().ok_or(Error::NotFound)?;
        self.there_or_gone(job, self.blobs.read_range(key, range).await).await
    }

    /// What was read, or why it is missing.
    async fn there_or_gone(
        &self,
        job: &Job,
        read: Result<Bytes, docket_store::BlobError>,
    ) -> Result<Bytes, Error> {
        match read {
            Err(docket_store::BlobError::NotFound(missing)) => {
                match self.store.find_job(job.id).await? {
                    None => Err(Error::NotFound),
                    Some(now) if now.result_key != job.result_key => {
                        Err(Error::Unavailable("the job is being run again".into()))
                    }
                    Some(_) => Err(docket_store::BlobError::NotFound(missing).into()),
                }
            }
            other => Ok(other?),
        }
    }
}
