//! The bodies of `/webhooks`, and of the events sent to endpoints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::job::{Failure, JobType};
use crate::shapes::FamilyWord;
use crate::state::{BatchWord, JobState, JobsWord};
use crate::timestamp::jobs_look;
use crate::webhook::{
    Attempt, BatchEnd, Delivery, Disabled, DisabledReason, Endpoint, EventType, JobEnd, Subject,
};

/// The word for every event in an endpoint's list.
pub const ALL_EVENTS: &str = "*";

/// The message to an endpoint; the order of the fields is part of the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventBody {
    /// `job.completed`, `job.failed`, `job.cancelled`, `batch.completed` or `webhook.test`.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = EventType::words()))]
    pub event: &'static str,
    /// When it happened, in milliseconds.
    pub timestamp: String,
    /// What it is about.
    pub data: EventData,
}

/// The subject of an event. Never contains text of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EventData {
    /// A job.
    Job(JobData),
    /// A batch.
    Batch(BatchData),
    /// A test.
    Test {
        /// The endpoint to be tested.
        webhook_id: Uuid,
    },
}

/// A job that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobData {
    /// The job's id.
    pub job_id: String,
    /// The type of job, for example `parsing`.
    #[serde(rename = "type")]
    #[schemars(with = "JobType")]
    pub job_type: &'static str,
    /// The status word of the job's own family: `Succeeded` for a parse, `completed` for an
    /// extraction.
    #[schemars(with = "FamilyWord")]
    pub status: &'static str,
    /// The status word of `GET /jobs/{id}`.
    #[schemars(with = "JobsWord")]
    pub jobs_status: &'static str,
    /// The batch that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<String>,
    /// When it was submitted.
    pub created_at: String,
    /// When it ended.
    pub finished_at: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// Where to read more.
    pub links: JobLinks,
}

/// Where a job is read: paths, or URLs if the server knows its public address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobLinks {
    /// Its status.
    pub status: String,
    /// Its result; only if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

/// A batch whose jobs have all ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchData {
    /// The batch's id.
    pub batch_id: String,
    /// `COMPLETED`, `COMPLETED_WITH_FAILURES` or `FAILED`.
    #[schemars(with = "BatchWord")]
    pub status: &'static str,
    /// Jobs with a result.
    pub completed_jobs: i64,
    /// Jobs without one.
    pub failed_jobs: i64,
    /// Where to read more.
    pub links: BatchLinks,
}

/// Where a batch is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchLinks {
    /// Its status, with its jobs.
    pub status: String,
}

impl EventBody {
    /// What a delivery says. `base` stands before every path; empty if the public address is not
    /// known.
    #[must_use]
    pub fn new(delivery: &Delivery, base: &str) -> Self {
        let base = base.trim_end_matches('/');
        let data = match &delivery.subject {
            Subject::Job(job) => {
                EventData::Job(JobData::new(job, jobs_look(delivery.occurred_at), base))
            }
            Subject::Batch(batch) => EventData::Batch(BatchData::new(batch, base)),
            Subject::Test => EventData::Test { webhook_id: delivery.endpoint_id },
        };
        let event = delivery.subject.event().as_str();
        Self { event, timestamp: jobs_look(delivery.occurred_at), data }
    }
}

impl JobData {
    fn new(job: &JobEnd, finished_at: String, base: &str) -> Self {
        let (id, succeeded) = (job.id, job.state == JobState::Succeeded);
        let (status, result) = match job.job_type {
            JobType::Parsing => (job.state.parse_word(), format!("/parse/{id}")),
            JobType::Extraction => (job.state.extract_word(), format!("/extract/{id}")),
            JobType::Classification => (job.state.pages_word(), format!("/classify/{id}")),
            JobType::Splitting => (job.state.pages_word(), format!("/splitter/{id}")),
            JobType::Chunking => (job.state.jobs_word(), format!("/jobs/{id}/result")),
        };
        Self {
            job_id: id.to_string(),
            job_type: job.job_type.as_str(),
            status,
            jobs_status: job.state.jobs_word(),
            batch_id: job.batch_id.map(|id| format!("batch_{id}")),
            created_at: jobs_look(job.created_at),
            finished_at,
            error: job.failure.clone(),
            links: JobLinks {
                status: format!("{base}/jobs/{id}"),
                result: succeeded.then(|| format!("{base}{result}")),
            },
        }
    }
}

impl BatchData {
    fn new(batch: &BatchEnd, base: &str) -> Self {
        let status = match (batch.succeeded, batch.failed) {
            (_, 0) => "COMPLETED",
            (0, _) => "FAILED",
            _ => "COMPLETED_WITH_FAILURES",
        };
        let batch_id = format!("batch_{}", batch.id);
        let links = BatchLinks { status: format!("{base}/batch/status/{batch_id}") };
        Self { batch_id, status, completed_jobs: batch.succeeded, failed_jobs: batch.failed, links }
    }
}

/// An endpoint. The secret is only in the responses that create one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookDocument {
    /// Its id.
    pub id: String,
    /// The target of deliveries.
    pub url: String,
    /// A note of the owner.
    pub description: String,
    /// Its events; `["*"]` for all.
    pub events: Vec<String>,
    /// `enabled` or `disabled`.
    #[schemars(extend("enum" = ["enabled", "disabled"]))]
    pub status: String,
    /// Since when and why it is disabled, else null.
    pub disabled: Option<DisabledDocument>,
    /// Attempts that failed since the last that did not.
    pub failures_in_a_row: i32,
    /// When the first of them failed, else null.
    pub failing_since: Option<String>,
    /// Until when deliveries are also signed with the previous secret, else null.
    pub previous_secret_expires_at: Option<String>,
    /// When it was created.
    pub created_at: String,
    /// When its owner last changed it.
    pub updated_at: String,
    /// `whsec_` and the key in base64; only directly after its creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Since when and why an endpoint is disabled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DisabledDocument {
    /// Since when.
    pub at: String,
    /// `owner`, `gone` or `failures`.
    #[schemars(extend("enum" = ["owner", "gone", "failures"]))]
    pub reason: String,
    /// The same as a sentence.
    pub message: String,
}

impl From<Disabled> for DisabledDocument {
    fn from(disabled: Disabled) -> Self {
        let message = match disabled.reason {
            DisabledReason::Owner => "It was disabled through the API",
            DisabledReason::Gone => "It answered 410 Gone",
            DisabledReason::Failures => {
                "A delivery was given up, and no other was taken in the meantime"
            }
        };
        Self {
            at: jobs_look(disabled.at),
            reason: disabled.reason.as_str().to_owned(),
            message: message.to_owned(),
        }
    }
}

impl From<&Endpoint> for WebhookDocument {
    fn from(endpoint: &Endpoint) -> Self {
        let mut events: Vec<String> =
            endpoint.events.iter().map(|event| event.as_str().to_owned()).collect();
        if events.is_empty() {
            events.push(ALL_EVENTS.to_owned());
        }
        let status = if endpoint.disabled.is_some() { "disabled" } else { "enabled" };
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            events,
            status: status.to_owned(),
            disabled: endpoint.disabled.map(DisabledDocument::from),
            failures_in_a_row: endpoint.failures_in_a_row,
            failing_since: endpoint.failing_since.map(jobs_look),
            previous_secret_expires_at: endpoint
                .previous_secret
                .as_ref()
                .map(|(_, until)| jobs_look(*until)),
            created_at: jobs_look(endpoint.created_at),
            updated_at: jobs_look(endpoint.updated_at),
            secret: None,
        }
    }
}

/// `GET /webhooks`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookList {
    /// Newest first.
    pub webhooks: Vec<WebhookDocument>,
}

/// A delivery in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryDocument {
    /// Its id: the header `webhook-id` of every attempt.
    pub id: String,
    /// The endpoint.
    pub webhook_id: String,
    /// The event.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = EventType::words()))]
    pub event: String,
    /// The job or batch that it is about, null for a test.
    pub subject_id: Option<String>,
    /// `pending`, `delivered` or `failed`.
    #[schemars(extend("enum" = ["pending", "delivered", "failed"]))]
    pub status: String,
    /// Attempts so far.
    pub attempt_count: i32,
    /// When it is attempted next, null when it ended. While one is under way: when the next would
    /// begin if this one were lost.
    pub next_attempt_at: Option<String>,
    /// The HTTP status of the last response.
    pub last_status_code: Option<i32>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When the event happened.
    pub occurred_at: String,
    /// When it was delivered or abandoned.
    pub ended_at: Option<String>,
}

impl From<&Delivery> for DeliveryDocument {
    fn from(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            webhook_id: delivery.endpoint_id.to_string(),
            event: delivery.subject.event().as_str().to_owned(),
            subject_id: match &delivery.subject {
                Subject::Job(job) => Some(job.id.to_string()),
                Subject::Batch(batch) => Some(format!("batch_{}", batch.id)),
                Subject::Test => None,
            },
            status: delivery.status.as_str().to_owned(),
            attempt_count: delivery.attempts,
            next_attempt_at: delivery.next_attempt_at.map(jobs_look),
            last_status_code: delivery.last_status_code,
            last_error: delivery.last_error.clone(),
            occurred_at: jobs_look(delivery.occurred_at),
            ended_at: delivery.ended_at.map(jobs_look),
        }
    }
}

/// `GET /webhooks/{id}/deliveries`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryList {
    /// Newest first.
    pub deliveries: Vec<DeliveryDocument>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// `GET /webhooks/{id}/deliveries/{delivery_id}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: DeliveryDocument,
    /// The message.
    pub payload: EventBody,
    /// Its attempts, oldest first.
    pub attempts: Vec<AttemptDocument>,
}

/// An attempt in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AttemptDocument {
    /// Counted from 1.
    pub attempt: i32,
    /// When it began.
    pub at: String,
    /// How long it took; null while it runs, or if its process died.
    pub duration_ms: Option<i64>,
    /// The HTTP status of the response.
    pub status_code: Option<i32>,
    /// Why it failed.
    pub error: Option<String>,
}

impl From<&Attempt> for AttemptDocument {
    fn from(attempt: &Attempt) -> Self {
        Self {
            attempt: attempt.number,
            at: jobs_look(attempt.at),
            duration_ms: attempt.duration_ms,
            status_code: attempt.status_code,
            error: attempt.error.clone(),
        }
    }
}
