//! The one state machine of a job, and the five vocabularies in which the wire speaks of it.

mod words;

use serde::{Deserialize, Serialize};

pub use words::{BatchJobWord, BatchWord, ExtractWord, JobsWord, PagesWord, ParseWord};

/// Where a job stands. Terminal states never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Created, its bytes are still to be uploaded.
    AwaitingUpload,
    /// Waits for a worker, also for a retry at a later time.
    Queued,
    /// Claimed by a worker.
    Processing,
    /// Ended with a result.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Cancelled by its owner.
    Cancelled,
}

impl JobState {
    /// Every state, for tables and tests.
    pub const ALL: [Self; 6] = [
        Self::AwaitingUpload,
        Self::Queued,
        Self::Processing,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
    ];

    /// True when nothing will change any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// The word in the database and in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingUpload => "awaiting_upload",
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word of the database.
    #[must_use]
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The state that clients see: a job that went back to the queue after its first start keeps
    /// being *processing*, so that no client ever sees a status go backwards.
    #[must_use]
    pub fn visible(self, was_started: bool) -> Self {
        match self {
            Self::Queued if was_started => Self::Processing,
            other => other,
        }
    }

    /// The status word of `GET /jobs/{id}`.
    #[must_use]
    pub fn jobs_word(self) -> &'static str {
        match self {
            Self::AwaitingUpload | Self::Queued => "queued",
            Self::Processing => "PROCESSING",
            Self::Succeeded => "COMPLETED",
            Self::Failed | Self::Cancelled => "FAILED",
        }
    }

    /// The word of `GET /parse/{id}` and of tasks.
    #[must_use]
    pub fn parse_word(self) -> &'static str {
        match self {
            Self::AwaitingUpload => "AwaitingUpload",
            Self::Queued => "Starting",
            Self::Processing => "Processing",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_round_trip() {
        for state in JobState::ALL {
            assert_eq!(JobState::from_stored(state.as_str()), Some(state));
        }
        assert_eq!(JobState::from_stored("COMPLETED"), None);
    }

    #[test]
    fn a_job_back_in_the_queue_stays_processing_on_the_wire() {
        assert_eq!(JobState::Queued.visible(true).jobs_word(), "PROCESSING");
        assert_eq!(JobState::Queued.visible(false).jobs_word(), "queued");
        assert_eq!(JobState::Failed.visible(true), JobState::Failed);
    }

    #[test]
    fn every_family_has_its_own_words() {
        let table: Vec<_> = JobState::ALL.map(|s| (s.jobs_word(), s.parse_word())).to_vec();
        assert_eq!(
            table,
            [
                ("queued", "AwaitingUpload"),
                ("queued", "Starting"),
                ("PROCESSING", "Processing"),
                ("COMPLETED", "Succeeded"),
                ("FAILED", "Failed"),
                ("FAILED", "Cancelled"),
            ]
        );
    }
}
