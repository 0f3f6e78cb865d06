//! A job as every room sees it: the record behind the status document and the queue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::job_type::JobType;

use crate::ids::{BlobKey, JobId, UserId};
use crate::spec::JobSpec;
use crate::state::JobState;
use crate::timestamp::Timestamp;

/// One job, as stored, without what was asked for: that can be large, and is stored beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Creation order over all accounts: jobs are claimed by it within a priority.
    pub seq: i64,
    /// Its owner.
    pub user_id: UserId,
    /// What it does.
    pub job_type: JobType,
    /// Where it stands.
    pub state: JobState,
    /// What it is asked of.
    pub document: DocumentInfo,
    /// How far it is.
    pub pages: PageCounts,
    /// What the worker is at; `None` before the first start.
    pub stage: Option<Stage>,
    /// Credits charged and not refunded.
    pub credits: i64,
    /// Higher is claimed earlier.
    pub priority: i32,
    /// Not claimed before this instant.
    pub run_at: Timestamp,
    /// Executions so far that were not given back.
    pub attempt: i32,
    /// Workers that died or fell silent on it.
    pub worker_losses: i32,
    /// The instant at which it fails if it has not ended; set at the first claim.
    pub deadline_at: Option<Timestamp>,
    /// Why it failed or was cancelled.
    pub failure: Option<Failure>,
    /// Where its result lies; set exactly when it succeeded.
    pub result_key: Option<BlobKey>,
    /// One more at every change that a client can see.
    pub version: i64,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed; strictly later than at the change before.
    pub updated_at: Timestamp,
    /// When it was first claimed.
    pub started_at: Option<Timestamp>,
    /// When it ended; set exactly in terminal states.
    pub finished_at: Option<Timestamp>,
    /// When it is to be deleted.
    pub expires_at: Option<Timestamp>,
    /// Until when its document can be uploaded; set exactly in jobs that were made without it.
    pub upload_until: Option<Timestamp>,
}

impl Job {
    /// The state that clients see (see [`JobState::visible`]).
    #[must_use]
    pub fn visible_state(&self) -> JobState {
        self.state.visible(self.started_at.is_some())
    }

    /// The word of `GET /parse/{id}` and of tasks: a job that waits says there how its document
    /// came.
    #[must_use]
    pub fn parse_word(&self) -> &'static str {
        match self.visible_state() {
            JobState::Queued if self.upload_until.is_some() => "Queued",
            other => other.parse_word(),
        }
    }
}

/// A job with what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct JobWithSpec {
    /// The job.
    pub job: Job,
    /// What was asked for.
    pub spec: JobSpec,
}

/// The uploaded document, or the address it is to be fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentInfo {
    /// The client's name for it.
    pub name: String,
    /// Lowercase hex of the SHA-256 of its bytes; `None` while they are not here.
    pub sha256: Option<String>,
    /// Its length in bytes; 0 while they are not here.
    pub size_bytes: i64,
    /// Its media type by magic bytes, for example `application/pdf`.
    pub media_type: String,
    /// Where its bytes lie; `None` while they are not here.
    pub blob_key: Option<BlobKey>,
    /// Where a worker fetches it from, for a submit by URL.
    pub source_url: Option<String>,
    /// Opens an encrypted document; wiped when the job ends.
    pub password: Option<String>,
}

/// Pages of the document, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageCounts {
    /// Pages of the whole document; `None` while unknown.
    pub total: Option<i32>,
    /// Pages that the job is to read; `None` while unknown.
    pub selected: Option<i32>,
    /// Pages read so far. Never falls, also not over retries.
    pub done: i32,
    /// Pages that could not be read.
    pub failed: i32,
}

/// What a running job is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Getting the bytes of a submit by URL.
    Fetching,
    /// Reading pages.
    Reading,
    /// Putting the result together and storing it.
    Assembling,
}

impl Stage {
    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fetching => "fetching",
            Self::Reading => "reading",
            Self::Assembling => "assembling",
        }
    }

    /// Reads the word of the database.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        [Self::Fetching, Self::Reading, Self::Assembling]
            .into_iter()
            .find(|stage| stage.as_str() == word)
    }
}

/// Why a job ended without a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// A message for the owner of the job.
    pub message: String,
}

impl Failure {
    /// Puts code and sentence together.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The stable codes of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The bytes are damaged beyond reading.
    DocumentUnreadable,
    /// A password is missing or wrong, or the kind of encryption is not supported.
    DocumentEncrypted,
    /// Readable, but of a type that this operation does not support.
    DocumentUnsupported,
    /// Over a limit of memory, time or output.
    DocumentTooExpensive,
    /// No page holds text that can be read.
    DocumentWithoutText,
    /// `error_handling: Fail` and a page could not be read.
    PageFailed,
    /// None of the requested pages exists.
    PageRangeEmpty,
    /// The URL could not be fetched.
    FetchFailed,
    /// The document was not uploaded in time.
    UploadExpired,
    /// The account's balance did not suffice once the pages were known.
    QuotaExceeded,
    /// The worker was lost too often.
    WorkerLost,
    /// It did not end within its time limit.
    DeadlineExceeded,
    /// Cancelled by its owner.
    Cancelled,
    /// A server error.
    Internal,
}

impl FailureCode {
    const ALL: [Self; 14] = [
        Self::DocumentUnreadable,
        Self::DocumentEncrypted,
        Self::DocumentUnsupported,
        Self::DocumentTooExpensive,
        Self::DocumentWithoutText,
        Self::PageFailed,
        Self::PageRangeEmpty,
        Self::FetchFailed,
        Self::UploadExpired,
        Self::QuotaExceeded,
        Self::WorkerLost,
        Self::DeadlineExceeded,
        Self::Cancelled,
        Self::Internal,
    ];

    /// The word in the database and in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DocumentUnreadable => "document_unreadable",
            Self::DocumentEncrypted => "document_encrypted",
            Self::DocumentUnsupported => "document_unsupported",
            Self::DocumentTooExpensive => "document_too_expensive",
            Self::DocumentWithoutText => "document_without_text",
            Self::PageFailed => "page_failed",
            Self::PageRangeEmpty => "page_range_empty",
            Self::FetchFailed => "fetch_failed",
            Self::UploadExpired => "upload_expired",
            Self::QuotaExceeded => "quota_exceeded",
            Self::WorkerLost => "worker_lost",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }

    /// Reads the word of the database.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_codes_round_trip() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::from_stored(code.as_str()), Some(code));
        }
    }
}
