//! The bodies of `/jobs`: the status document, lists and results.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::job::{Job, JobType, Stage};
use crate::shapes::{AnyResult, ResultCitation};
use crate::state::{JobState, JobsWord};
use crate::timestamp::jobs_look;

/// `GET /jobs/{id}`. Field order is the seed's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobDocument {
    /// The job's id.
    pub id: String,
    /// The same again, under the name that a newer specification uses.
    pub job_id: String,
    /// `queued`, `PROCESSING`, `COMPLETED` or `FAILED`.
    #[schemars(with = "JobsWord")]
    pub status: String,
    /// The kind of job, for example `parsing`.
    #[serde(rename = "type")]
    #[schemars(with = "JobType")]
    pub job_type: String,
    /// When it was submitted, in milliseconds.
    pub created_at: String,
    /// When it last changed, in milliseconds.
    pub updated_at: String,
    /// The client's name for the document.
    pub pdf_name: String,
    /// `sha256:` and lowercase hex; empty while the bytes are not here.
    pub pdf_hash: String,
    /// The owner.
    pub user_id: String,
    /// A short text for people.
    pub message: String,
    /// Why it failed; present exactly when `status` is `FAILED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl From<&Job> for JobDocument {
    fn from(job: &Job) -> Self {
        let state = job.visible_state();
        Self {
            id: job.id.to_string(),
            job_id: job.id.to_string(),
            status: state.jobs_word().to_owned(),
            job_type: job.job_type.as_str().to_owned(),
            created_at: jobs_look(job.created_at),
            updated_at: jobs_look(job.updated_at),
            pdf_name: job.document.name.clone(),
            pdf_hash: pdf_hash(job),
            user_id: job.user_id.to_string(),
            message: message(job),
            error: error_text(job),
        }
    }
}

fn pdf_hash(job: &Job) -> String {
    job.document.sha256.as_ref().map(|hex| format!("sha256:{hex}")).unwrap_or_default()
}

/// The failure's sentence, where the wire's word is a failure; never empty then.
#[must_use]
pub fn error_text(job: &Job) -> Option<String> {
    if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
        return None;
    }
    let told = job.failure.as_ref().map(|failure| failure.message.as_str()).unwrap_or_default();
    Some(if told.is_empty() { "The job failed".to_owned() } else { told.to_owned() })
}

/// The short text for people.
#[must_use]
pub fn message(job: &Job) -> String {
    match job.visible_state() {
        JobState::AwaitingUpload => "Job is waiting for its upload".to_owned(),
        JobState::Queued => "Job is queued".to_owned(),
        JobState::Processing => running_message(job),
        JobState::Succeeded => "Job completed".to_owned(),
        JobState::Failed => "Job failed".to_owned(),
        JobState::Cancelled => "Job was cancelled".to_owned(),
    }
}

fn running_message(job: &Job) -> String {
    match (job.stage, job.pages.selected) {
        (Some(Stage::Fetching), _) => "Fetching the document".to_owned(),
        (Some(Stage::Reading), Some(selected)) if selected > 0 => {
            format!("Processing: {} of {selected} pages done", job.pages.done.min(selected))
        }
        (Some(Stage::Assembling), _) => "Assembling the result".to_owned(),
        _ => "Job is being processed".to_owned(),
    }
}

/// `DELETE /jobs/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobDeleted {
    /// The job's id.
    pub id: String,
    /// The same again.
    pub job_id: String,
    /// The job's word after it.
    #[schemars(with = "JobsWord")]
    pub status: String,
    /// What was done.
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
    #[schemars(with = "AnyResult")]
    pub result: &'a RawValue,
    /// The same again under the older name; of an extraction with `min_confidence_score`.
    #[schemars(with = "Map<String, Value>")]
    pub data: &'a RawValue,
    /// Seconds from the first start to the end.
    pub processing_time: f64,
    /// Of older services; empty here.
    pub detections: [(); 0],
    /// Where the values of an extraction stand.
    #[schemars(with = "Vec<ResultCitation>")]
    pub citations: Vec<Value>,
    /// Of older services; empty here.
    pub visualization_paths: [(); 0],
}

impl<'a> JobResult<'a> {
    /// Puts a finished job and its result together.
    #[must_use]
    pub fn new(job: &Job, result: &'a RawValue) -> Self {
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
