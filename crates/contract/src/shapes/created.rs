//! The answers to submits other than `POST /parse`.

use schemars::JsonSchema;

use crate::state::{BatchWord, ExtractWord, JobsWord, PagesWord};

/// An extraction was accepted.
#[derive(JsonSchema)]
pub struct ExtractCreated {
    /// The job's id, for `GET /extract/{job_id}` and `GET /jobs/{job_id}`.
    pub job_id: String,
    /// `queued`
    pub status: ExtractWord,
    /// A short text for people.
    pub message: String,
    /// Credits left after this submit.
    pub quota_remaining: i64,
}

/// A chunking was accepted.
#[derive(JsonSchema)]
pub struct ChunkingCreated {
    /// The job's id, for `GET /jobs/{job_id}` and `GET /jobs/{job_id}/result`.
    pub job_id: String,
    /// `queued`
    pub status: JobsWord,
    /// A short text for people.
    pub message: String,
    /// Credits left after this submit.
    pub quota_remaining: i64,
}

/// A classification or a split was accepted.
#[derive(JsonSchema)]
pub struct PagesCreated {
    /// The job's id.
    pub job_id: String,
    /// `processing`
    pub status: PagesWord,
    /// A short text for people.
    pub message: String,
    /// Credits left after this submit.
    pub quota_remaining: i64,
}

/// A batch was accepted.
#[derive(JsonSchema)]
pub struct BatchCreated {
    /// The batch's id: `batch_` and a UUID.
    pub batch_id: String,
    /// `QUEUED`
    pub status: BatchWord,
    /// Number of files, which is the number of jobs.
    pub total_files: usize,
    /// A short text for people.
    pub message: String,
}
