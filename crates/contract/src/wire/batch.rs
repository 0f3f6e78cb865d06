//! The bodies of `/batch`: many extractions by one schema.

use schemars::JsonSchema;
use serde::Serialize;

use crate::job::Job;
use crate::state::{BatchJobWord, BatchWord, JobState};
use crate::timestamp::{Timestamp, extract_look};
use crate::wire::jobs::error_text;

/// `GET /batch/status/{id}`
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchStatus {
    /// The batch's id.
    pub batch_id: String,
    /// `QUEUED`, `PROCESSING`, `COMPLETED`, `COMPLETED_WITH_FAILURES` or `FAILED`.
    #[schemars(with = "BatchWord")]
    pub status: &'static str,
    /// The counters.
    pub statistics: BatchStatistics,
    /// Files that were submitted.
    pub total_files: usize,
    /// When it was submitted.
    pub created_at: String,
    /// When a job of it last changed.
    pub updated_at: String,
    /// Its jobs, in the order of their files.
    pub jobs: Vec<BatchJob>,
}

/// The counters of a batch: all but the first add up to the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchStatistics {
    /// Number of jobs.
    pub total_jobs: usize,
    /// Succeeded.
    pub completed_jobs: usize,
    /// Failed or cancelled.
    pub failed_jobs: usize,
    /// In progress.
    pub processing_jobs: usize,
    /// Waiting.
    pub queued_jobs: usize,
}

/// One job of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BatchJob {
    /// Its id.
    pub job_id: String,
    /// The file's name.
    pub file_name: String,
    /// `queued`, `processing`, `completed` or `failed`.
    #[schemars(with = "BatchJobWord")]
    pub status: &'static str,
    /// The reason of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl BatchStatus {
    /// Describes a batch by its jobs.
    #[must_use]
    pub fn new(batch_id: String, created_at: Timestamp, jobs: &[Job]) -> Self {
        let statistics = BatchStatistics::of(jobs);
        let updated_at = jobs.iter().map(|job| job.updated_at).max().unwrap_or(created_at);
        let entry = |job: &Job| BatchJob {
            job_id: job.id.to_string(),
            file_name: job.document.name.clone(),
            status: job.visible_state().extract_word(),
            error: error_text(job),
        };
        Self {
            batch_id,
            status: statistics.word(),
            statistics,
            total_files: jobs.len(),
            created_at: extract_look(created_at),
            updated_at: extract_look(updated_at),
            jobs: jobs.iter().map(entry).collect(),
        }
    }
}

impl BatchStatistics {
    fn of(jobs: &[Job]) -> Self {
        let mut all = Self { total_jobs: jobs.len(), ..Self::default() };
        for job in jobs {
            match job.visible_state() {
                JobState::AwaitingUpload | JobState::Queued => all.queued_jobs += 1,
                JobState::Processing => all.processing_jobs += 1,
                JobState::Succeeded => all.completed_jobs += 1,
                JobState::Failed | JobState::Cancelled => all.failed_jobs += 1,
            }
        }
        all
    }

    fn word(self) -> &'static str {
        let ended = self.completed_jobs + self.failed_jobs;
        if ended < self.total_jobs {
            if ended + self.processing_jobs == 0 { "QUEUED" } else { "PROCESSING" }
        } else if self.failed_jobs == 0 {
            "COMPLETED"
        } else if self.completed_jobs == 0 {
            "FAILED"
        } else {
            "COMPLETED_WITH_FAILURES"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(completed: usize, failed: usize, processing: usize, queued: usize, want: &str) {
        let all = BatchStatistics {
            total_jobs: completed + failed + processing + queued,
            completed_jobs: completed,
            failed_jobs: failed,
            processing_jobs: processing,
            queued_jobs: queued,
        };
        assert_eq!(all.word(), want, "{all:?}");
    }

    #[test]
    fn words() {
        check(0, 0, 0, 3, "QUEUED");
        check(0, 0, 1, 2, "PROCESSING");
        check(1, 0, 0, 2, "PROCESSING");
        check(0, 2, 1, 0, "PROCESSING");
        check(3, 0, 0, 0, "COMPLETED");
        check(2, 1, 0, 0, "COMPLETED_WITH_FAILURES");
        check(0, 3, 0, 0, "FAILED");
        check(0, 0, 0, 0, "COMPLETED");
    }
}
