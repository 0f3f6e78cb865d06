//! The bodies of `/jobs`: the status document, lists and results.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::ids::JobId;
use crate::job::{Failure, Job, JobType, PageCounts, Stage};
use crate::shapes::{AnyResult, ResultCitation};
use crate::state::{JobState, JobsWord};
use crate::status::JobStatus;
use crate::timestamp::{Timestamp, jobs_look};

/// `GET /jobs/{id}`. Field order is the seed's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobDocument {
    /// The job's id.
    pub id: String,
    /// The same value, under the name of a newer specification.
    pub job_id: String,
    /// `queued`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[schemars(with = "JobsWord")]
    pub status: String,
    /// The type of job, for example `parsing`.
    #[serde(rename = "type")]
    #[schemars(with = "JobType")]
    pub job_type: String,
    /// When it was submitted, in milliseconds.
    pub created_at: String,
    /// When it last changed, in milliseconds.
    pub updated_at: String,
    /// The client's name for the document.
    pub pdf_name: String,
    /// `sha256:` and lowercase hex; empty until the bytes have arrived.
    pub pdf_hash: String,
    /// The owner.
    pub user_id: String,
    /// A short text for people.
    pub message: String,
    /// Why it failed; present exactly when `status` is `FAILED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl From<&JobStatus> for JobDocument {
    fn from(job: &JobStatus) -> Self {
        let id = job.id.to_string();
        let hash = job.document_sha256.as_ref().map(|hex| format!("sha256:{hex}"));
        Self {
            job_id: id.clone(),
            id,
            status: job.visible_state().jobs_word().to_owned(),
            job_type: job.job_type.as_str().to_owned(),
            created_at: jobs_look(job.created_at),
            updated_at: jobs_look(job.updated_at),
            pdf_name: job.document_name.clone(),
            pdf_hash: hash.unwrap_or_default(),
            user_id: job.user_id.to_string(),
            message: message_at(job.visible_state(), job.stage, job.pages),
            error: error_text_of(job.state, job.failure.as_ref()),
        }
    }
}

impl From<&Job> for JobDocument {
    fn from(job: &Job) -> Self {
        Self::from(&JobStatus::from(job))
    }
}

/// The failure's sentence, where the wire's word is a failure; never empty then.
#[must_use]
pub fn error_text(job: &Job) -> Option<String> {
    error_text_of(job.state, job.failure.as_ref())
}

fn error_text_of(state: JobState, failure: Option<&Failure>) -> Option<String> {
    if !matches!(state, JobState::Failed | JobState::Cancelled) {
        return None;
    }
    let message = failure.map(|failure| failure.message.as_str()).unwrap_or_default();
    Some(if message.is_empty() { "The job failed".to_owned() } else { message.to_owned() })
}

/// The short text for people.
#[must_use]
pub fn message(job: &Job) -> String {
    message_at(job.visible_state(), job.stage, job.pages)
}

fn message_at(visible: JobState, stage: Option<Stage>, pages: PageCounts) -> String {
    match visible {
        JobState::AwaitingUpload => "Job is waiting for its upload".to_owned(),
        JobState::Queued => "Job is queued".to_owned(),
        JobState::Processing => running_message(stage, pages),
        JobState::Succeeded => "Job completed".to_owned(),
        JobState::Failed => "Job failed".to_owned(),
        JobState::Cancelled => "Job was cancelled".to_owned(),
    }
}

fn running_message(stage: Option<Stage>, pages: PageCounts) -> String {
    match (stage, pages.selected) {
        (Some(Stage::Fetching), _) => "Fetching the document".to_owned(),
        (Some(Stage::Reading), Some(selected)) if selected > 0 => {
            format!("Processing: {} of {selected} pages done", pages.done.min(selected))
        }
        (Some(Stage::Assembling), _) => "Assembling the result".to_owned(),
        _ => "Job is being processed".to_owned(),
    }
}

/// The data of one event of `GET /jobs/{id}/events` and `GET /events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobChanged {
    /// The job's id.
    pub id: String,
    /// The same value.
    pub job_id: String,
    /// The job's word after the change; absent when it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Rises with every change of the job.
    pub version: i64,
    /// Pages done by then; absent when it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages_done: Option<i32>,
    /// When it changed, in milliseconds.
    pub updated_at: String,
}

impl JobChanged {
    /// Describes a change; `state` is the visible one, `None` for a deleted job.
    #[must_use]
    pub fn new(
        id: JobId,
        state: Option<JobState>,
        version: i64,
        pages_done: Option<i32>,
        at: Timestamp,
    ) -> Self {
        Self {
            id: id.to_string(),
            job_id: id.to_string(),
            status: state.map(|state| state.jobs_word().to_owned()),
            version,
            pages_done,
            updated_at: jobs_look(at),
        }
    }
}

/// `DELETE /jobs/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobDeleted {
    /// The job's id.
    pub id: String,
    /// The same value.
    pub job_id: String,
    /// The status of the job afterwards.
    #[schemars(with = "JobsWord")]
    pub status: String,
    /// The result of the operation.
    pub message: String,
}

/// `GET /jobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobList {
    /// Newest first.
    pub jobs: Vec<JobDocument>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// `GET /jobs/{id}/result`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobResult<'a> {
    /// The job's id.
    pub job_id: String,
    /// `COMPLETED`.
    #[schemars(extend("const" = "COMPLETED"))]
    pub status: &'static str,
    /// The kind of job.
    #[serde(rename = "type")]
    #[schemars(with = "JobType")]
    pub job_type: &'static str,
    /// The family's own result.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AnyResult", required)]
    pub result: Option<&'a RawValue>,
    /// The same under an older name; for an extraction with `min_confidence_score`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>", required)]
    pub data: Option<&'a RawValue>,
    /// Seconds from the first start to the end.
    pub processing_time: f64,
    /// From an older API; always empty.
    pub detections: [(); 0],
    /// Locations of the values of an extraction.
    #[schemars(with = "Vec<ResultCitation>")]
    pub citations: Vec<Value>,
    /// From an older API; always empty.
    pub visualization_paths: [(); 0],
}

impl<'a> JobResult<'a> {
    /// Puts a finished job and its result together; without a result, one that is added while the
    /// body is sent.
    #[must_use]
    pub fn new(job: &Job, result: Option<&'a RawValue>) -> Self {
        let seconds = match (job.started_at, job.finished_at) {
            (Some(start), Some(end)) => (end - start).as_seconds_f64().max(0.0),
            _ => 0.0,
        };
        Self {
            job_id: job.id.to_string(),
            status: JobState::Succeeded.jobs_word(),
            job_type: job.job_type.as_str(),
            result,
            data: result,
            processing_time: seconds,
            detections: [],
            citations: Vec::new(),
            visualization_paths: [],
        }
    }
}
