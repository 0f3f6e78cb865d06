//! The bodies of `/v2/parse/upload`: a job whose document is uploaded afterwards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::job::Job;
use crate::state::ParseWord;
use crate::timestamp::{Timestamp, upload_look};

/// The answer to `POST /v2/parse/upload`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UploadCreated {
    /// The job's id.
    pub job_id: String,
    /// Where to `PUT` the bytes; absolute and signed.
    pub upload_url: String,
    /// Until when, in seconds.
    pub expires_at: String,
    /// `PUT`
    pub upload_method: String,
    /// The headers of the upload.
    pub upload_headers: UploadHeaders,
    /// Credits charged so far; the pages are known after the upload.
    pub credit_used: i64,
    /// The balance after it.
    pub quota_remaining: i64,
}

/// The headers that an upload must have, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UploadHeaders {
    /// The media type by the document's name.
    #[serde(rename = "Content-Type")]
    pub content_type: String,
}

/// The answer to the upload itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UploadReceived {
    /// The job's id.
    pub job_id: String,
    /// Its status now, usually `Queued`.
    #[schemars(with = "ParseWord")]
    pub status: String,
    /// A short text for people.
    pub message: String,
}

impl UploadCreated {
    /// Describes a job just made; `url` leads to where its document is awaited until `expires`.
    #[must_use]
    pub fn new(job: &Job, url: String, expires: Timestamp, quota_remaining: i64) -> Self {
        Self {
            job_id: job.id.to_string(),
            upload_url: url,
            expires_at: upload_look(expires),
            upload_method: "PUT".to_owned(),
            upload_headers: UploadHeaders { content_type: job.document.media_type.clone() },
            credit_used: job.credits,
            quota_remaining,
        }
    }
}

impl UploadReceived {
    /// Describes the job that has its document now.
    #[must_use]
    pub fn new(job: &Job) -> Self {
        Self {
            job_id: job.id.to_string(),
            status: job.parse_word().to_owned(),
            message: "Document received".to_owned(),
        }
    }
}
