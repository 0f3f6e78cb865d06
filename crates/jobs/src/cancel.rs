//! Ending a job by its owner: an unfinished one is cancelled, a finished one is deleted.

use docket_contract::document::stored_pictures;
use docket_contract::job::{Job, JobType};
use docket_contract::spec::ExportFormat;
use docket_contract::{BlobKey, JobId};
use docket_store::{CancelOutcome, DeleteOutcome};
use uuid::Uuid;

use crate::{Caller, Error, Jobs};

/// The outcome.
#[derive(Clone, Debug)]
pub enum Ended {
    /// It had not ended, and was cancelled now.
    Cancelled(Job),
    /// It had ended, and is gone with its files.
    Deleted(Job),
}

impl Jobs {
    /// Cancels the job if it has not ended, deletes it with its files if it has.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn cancel_or_delete(&self, caller: &Caller, id: JobId) -> Result<Ended, Error> {
        match self.store.cancel_job(&caller.user_id, id).await? {
            CancelOutcome::Cancelled(job) => {
                self.note_version(id, job.version);
                Ok(Ended::Cancelled(job))
            }
            CancelOutcome::AlreadyEnded(job) => self.delete(caller, &job).await,
            CancelOutcome::AlreadyStarted(_) | CancelOutcome::NotFound => Err(Error::NotFound),
        }
    }

    /// Cancels the job if no worker has started it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] if it was started, or if the database fails.
    pub async fn cancel_waiting(&self, caller: &Caller, id: JobId) -> Result<Job, Error> {
        match self.store.cancel_waiting_job(&caller.user_id, id).await? {
            CancelOutcome::Cancelled(job) => {
                self.note_version(id, job.version);
                Ok(job)
            }
            CancelOutcome::AlreadyStarted(job) | CancelOutcome::AlreadyEnded(job) => {
                Err(Error::Invalid(format!(
                    "Only a task that has not started can be cancelled. Current status: {}",
                    job.parse_word()
                )))
            }
            CancelOutcome::NotFound => Err(Error::NotFound),
        }
    }

    /// Deletes the job with its files if it has ended.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] if it has not ended, or if the database fails.
    pub async fn delete_ended(&self, caller: &Caller, id: JobId) -> Result<Job, Error> {
        let job = self.find(caller, id).await?;
        if !job.state.is_terminal() {
            return Err(Error::Invalid(format!(
                "Only a task that has ended can be deleted. Current status: {}",
                job.parse_word()
            )));
        }
        match self.delete(caller, &job).await? {
            Ended::Cancelled(job) | Ended::Deleted(job) => Ok(job),
        }
    }

    async fn delete(&self, caller: &Caller, job: &Job) -> Result<Ended, Error> {
        let files = self.file_keys(job).await;
        match self.store.delete_job(&caller.user_id, job.id).await? {
            DeleteOutcome::Deleted(job) => {
                self.propagate(job.id).await;
                let own = [&job.document.blob_key, &job.result_key].into_iter().flatten();
                for key in own.chain(&files) {
                    self.discard(key).await;
                }
                Ok(Ended::Deleted(job))
            }
            // Terminal states never change, so a job that had ended cannot be running now.
            DeleteOutcome::NotEnded | DeleteOutcome::NotFound => Err(Error::NotFound),
        }
    }

    /// The blobs of a job's result; some of them may not exist. A result
    /// that cannot be read hides them: the job can be deleted all the same.
    pub(crate) async fn file_keys(&self, job: &Job) -> Vec<BlobKey> {
        let Some(result_key) = &job.result_key else {
            return Vec::new();
        };
        let ids: Vec<Uuid> = match job.job_type {
            JobType::Parsing => {
                let exports = ExportFormat::ALL.iter().filter_map(|one| one.file_id(job.id.uuid()));
                exports.chain(self.pictures_of(job).await).collect()
            }
            _ => match self.split_parts(job).await {
                Ok(split) => split.parts.iter().map(|part| part.file_id).collect(),
                Err(_) => Vec::new(),
            },
        };
        ids.into_iter().map(|id| result_key.file(id)).collect()
    }

    /// The ids of the pictures that a stored parse names.
    async fn pictures_of(&self, job: &Job) -> Vec<Uuid> {
        let Ok(stored) = self.result_of(job).await else {
            return Vec::new();
        };
        stored_pictures(&stored).unwrap_or_default()
    }
}
