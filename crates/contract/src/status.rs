//! What clients see of a job: all that a status answer needs, and nothing of its spec.

use crate::ids::{JobId, UserId};
use crate::job::{Failure, Job, JobType, PageCounts, Stage};
use crate::state::JobState;
use crate::timestamp::Timestamp;

/// A job as its status shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatus {
    /// Its id.
    pub id: JobId,
    /// Creation order over all accounts.
    pub seq: i64,
    /// Its owner.
    pub user_id: UserId,
    /// What it does.
    pub job_type: JobType,
    /// Where it stands.
    pub state: JobState,
    /// The client's name for the document.
    pub document_name: String,
    /// Lowercase hex of the SHA-256 of the document; `None` while its bytes are not here.
    pub document_sha256: Option<String>,
    /// How far it is.
    pub pages: PageCounts,
    /// What the worker is at; `None` before the first start.
    pub stage: Option<Stage>,
    /// Higher is claimed earlier.
    pub priority: i32,
    /// Why it failed or was cancelled.
    pub failure: Option<Failure>,
    /// One more at every change that a client can see.
    pub version: i64,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was first claimed.
    pub started_at: Option<Timestamp>,
}

impl JobStatus {
    /// The state that clients see (see [`JobState::visible`]).
    #[must_use]
    pub fn visible_state(&self) -> JobState {
        self.state.visible(self.started_at.is_some())
    }
}

impl From<&Job> for JobStatus {
    fn from(job: &Job) -> Self {
        Self {
            id: job.id,
            seq: job.seq,
            user_id: job.user_id.clone(),
            job_type: job.job_type,
            state: job.state,
            document_name: job.document.name.clone(),
            document_sha256: job.document.sha256.clone(),
            pages: job.pages,
            stage: job.stage,
            priority: job.priority,
            failure: job.failure.clone(),
            version: job.version,
            created_at: job.created_at,
            updated_at: job.updated_at,
            started_at: job.started_at,
        }
    }
}
