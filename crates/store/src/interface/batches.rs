//! Jobs that are submitted with one request.

use async_trait::async_trait;
use docket_contract::UserId;
use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use uuid::Uuid;

use super::accounts::Balance;
use super::documents::DocumentBytes;
use super::jobs::{Idempotency, NewJob};
use crate::error::Error;

/// Jobs that are submitted with one request.
#[async_trait]
pub trait BatchStore: Send + Sync {
    /// Makes the batch and its jobs true, all or nothing, in the order given. The balance must
    /// suffice for all of them. The submit limit counts requests: a batch is one submit, however
    /// many jobs it has. With an idempotency key
    /// that is in use, it answers the first submit's batch and writes nothing.
    async fn insert_batch(&self, batch: NewBatch) -> Result<BatchInserted, Error>;

    /// The batch with this id of any owner, with the jobs that it still has.
    async fn find_batch(&self, id: Uuid) -> Result<Option<Batch>, Error>;
}

/// A batch to be made.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// Its id, made by the caller.
    pub id: Uuid,
    /// The owner of the batch and of all its jobs, an existing account.
    pub user_id: UserId,
    /// Its jobs. Their own `user_id` and `idempotency` are ignored.
    pub jobs: Vec<NewJob>,
    /// Makes a repetition of this submit answer the first one's batch, while its first job is there.
    pub idempotency: Option<Idempotency>,
}

impl NewBatch {
    /// Bytes of its documents, as far as known.
    pub(crate) fn document_bytes(&self) -> i64 {
        self.jobs.iter().map(|job| job.document.size_bytes).sum()
    }

    /// The credits of all jobs.
    pub(crate) fn credits(&self) -> i64 {
        self.jobs.iter().fold(0, |sum, job| sum.saturating_add(job.credits))
    }
}

/// A stored batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Its id.
    pub id: Uuid,
    /// Its owner.
    pub user_id: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its jobs in the order in which they were given; deleted ones are missing.
    pub jobs: Vec<Job>,
    /// The number of jobs that it was made with.
    pub total_jobs: i64,
}

/// The outcome of the insert of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchInserted {
    /// It is there, with all jobs.
    Batch {
        /// As stored.
        batch: Batch,
        /// The balance after it.
        balance: Balance,
    },
    /// The idempotency key repeats an earlier submit; nothing was written.
    Replayed(Batch),
    /// The idempotency key was used for another request; nothing was written.
    IdempotencyConflict,
    /// The balance does not suffice for all jobs; nothing was written.
    QuotaExceeded(Balance),
    /// The account's submits of the last 60 s are used up; nothing was written.
    RateLimited {
        /// Seconds until the oldest of them leaves the window, at least 1.
        retry_after_s: u64,
    },
    /// The account's documents would have more bytes than they may; nothing was written.
    DocumentsFull(DocumentBytes),
}
