//! Rerun: a job that ended runs once more on the same document, with other options.

use docket_contract::JobId;
use docket_contract::job::{Job, JobType, JobWithSpec};
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_store::{Rerun, RerunOutcome};

use crate::selected_pages::selected_pages;
use crate::{Caller, Error, Jobs, Submitted};

/// How to run a job once more.
#[derive(Clone, Debug)]
pub struct RerunRequest {
    /// The new options; a spec of the same kind.
    pub spec: JobSpec,
    /// Password of an encrypted document: the previous one was deleted.
    pub password: Option<String>,
    /// Shortens the retention, which begins anew.
    pub expires_in_s: Option<u64>,
}

impl Jobs {
    /// Puts the job, as the caller has seen it, back into the queue with another spec. It is a
    /// submit, and charged as one; the former result is gone.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the job did not succeed or fail, has changed, or has no document; and
    /// all that refuses a submit.
    pub async fn rerun(
        &self,
        caller: &Caller,
        seen: &Job,
        request: RerunRequest,
    ) -> Result<Submitted, Error> {
        if seen.document.blob_key.is_none() && seen.document.source_url.is_none() {
            return Err(Error::Invalid("The task has no document".to_owned()));
        }
        let selected = seen.pages.total.map(|total| selected_pages(&request.spec, total));
        let credits = selected.map(i64::from).unwrap_or_default();
        self.admit_to_queue(caller, 1, credits).await?;
        let former_files = self.file_keys(seen).await;
        let rerun = Rerun {
            id: seen.id,
            version: seen.version,
            spec: request.spec.clone(),
            password: request.password,
            pages_selected: selected,
            credits,
            retention: self.retention(request.expires_in_s),
        };
        match self.store.rerun_job(&caller.user_id, rerun).await? {
            RerunOutcome::Queued { job, balance } => {
                // Other nodes may know it as ended.
                self.propagate(job.id).await;
                for key in seen.result_key.iter().chain(&former_files) {
                    self.discard(key).await;
                }
                Ok(Submitted { job, spec: request.spec, balance })
            }
            RerunOutcome::NotRerunnable(job) => Err(not_rerunnable(&job)),
            RerunOutcome::QuotaExceeded(balance) => Err(Error::QuotaExceeded(balance)),
            RerunOutcome::RateLimited { retry_after_s } => {
                Err(Error::RateLimited { retry_after_s })
            }
            RerunOutcome::NotFound => Err(Error::NotFound),
        }
    }

    /// One of the caller's jobs, if it can run once more.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for jobs of another kind than parsing, [`Error::Invalid`] for one
    /// that did not succeed or fail, or if the database fails.
    pub async fn find_rerunnable(&self, caller: &Caller, id: JobId) -> Result<JobWithSpec, Error> {
        let found = self.find_with_spec(caller, id).await?;
        match found.job.state {
            _ if found.job.job_type != JobType::Parsing => Err(Error::NotFound),
            JobState::Succeeded | JobState::Failed => Ok(found),
            _ => Err(not_rerunnable(&found.job)),
        }
    }
}

fn not_rerunnable(job: &Job) -> Error {
    Error::Invalid(format!(
        "Only a task that succeeded or failed can be updated. Current status: {}",
        job.parse_word()
    ))
}
