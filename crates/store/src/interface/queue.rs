//! The queue as workers see it: claim, heartbeat, progress, settle, sweep.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::job::{Failure, Job, PageCounts, Stage};
use docket_contract::{BlobKey, ClaimToken, JobId, WorkerId};
use tokio::sync::watch;

use super::accounts::Balance;
use super::documents::DocumentBytes;
use crate::claim::{Claim, Settlement, Unsettled};
use crate::error::Error;
use crate::shares::ExpectedOrder;

/// The queue as workers see it.
#[async_trait]
pub trait QueueStore: Send + Sync {
    /// Hands out at most `limit` ready jobs. Accounts share the claims by weight, whatever their
    /// jobs' priorities; within an account the highest priority comes first, then the oldest. No
    /// account gets more running jobs than its limit. Each job goes
    /// to *processing* with one more attempt, a fresh token and a lease; `started_at` and
    /// `deadline_at` are set at the first claim only.
    async fn claim(
        &self,
        worker: WorkerId,
        limit: usize,
        lease: Duration,
        deadline: Duration,
    ) -> Result<Vec<Claim>, Error>;

    /// Renews the leases of the worker's executions without touching `jobs`, and answers which it
    /// still holds: every other one is lost. A lease that ran out but was not swept yet is renewed as
    /// well. A claim that nobody executes, because its answer was lost, is not renewed by the others
    /// of its worker.
    async fn heartbeat(
        &self,
        worker: WorkerId,
        executions: &[ClaimToken],
        lease: Duration,
    ) -> Result<Vec<ClaimToken>, Error>;

    /// Writes progress. Counts never fall and stages never go back, whatever is passed.
    async fn progress(
        &self,
        claim: &Claim,
        update: ProgressUpdate,
    ) -> Result<ProgressOutcome, Error>;

    /// Charges the job up to so many credits in all: what it was charged already counts. For
    /// documents whose pages were not known at the submit.
    async fn charge(&self, claim: &Claim, credits: i64) -> Result<ChargeOutcome, Error>;

    /// Makes the document of a job that awaits it, and queues it.
    async fn supply_document(&self, id: JobId, supplied: Supplied) -> Result<SupplyOutcome, Error>;

    /// Ends the execution, guarded by state, attempt and token. At an error the claim comes back.
    async fn settle(
        &self,
        claim: Claim,
        settlement: Settlement,
    ) -> Result<SettleOutcome, Box<Unsettled>>;

    /// Takes jobs with a lost lease from their workers (one more worker loss: back to the queue
    /// with backoff, failed at the last) and fails unfinished jobs beyond their deadline, and those
    /// whose document was not uploaded in time.
    async fn sweep(&self, policy: &RetryPolicy) -> Result<Swept, Error>;

    /// How much is waiting and running.
    async fn queue_depth(&self) -> Result<QueueDepth, Error>;

    /// The order in which ready jobs are expected to be claimed, of about `limit` jobs that all
    /// accounts share.
    async fn queue_order(&self, limit: usize) -> Result<ExpectedOrder, Error>;

    /// Sets how many jobs an account without a limit of its own may run, for claims of this store.
    fn limit_running(&self, running_max: Option<i32>);

    /// Changes whenever this process committed something that may be ready to claim. A hint:
    /// polling alone must suffice.
    fn ready_hint(&self) -> watch::Receiver<u64>;
}

/// The progress that a worker reports.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressUpdate {
    /// The current stage.
    pub stage: Stage,
    /// Pages as far as known; `total` and `selected` once known stay.
    pub pages: PageCounts,
    /// The document, once a fetched one is here (hash, size, media type, key).
    pub document: Option<FetchedDocument>,
}

/// A document that a worker fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedDocument {
    /// Lowercase hex.
    pub sha256: String,
    /// Bytes.
    pub size_bytes: i64,
    /// By magic bytes.
    pub media_type: String,
    /// Its blob.
    pub blob_key: BlobKey,
}

/// The outcome of a progress write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressOutcome {
    /// Written.
    Written,
    /// The job is no longer this execution's: stop.
    ClaimLost,
}

/// The outcome of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// The job is charged this many credits, or more.
    Charged,
    /// The balance does not suffice; nothing was written.
    QuotaExceeded(Balance),
    /// The job is no longer this execution's: nothing was written.
    ClaimLost,
}

/// A document that was uploaded after the submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplied {
    /// The document.
    pub document: FetchedDocument,
    /// Its pages, as far as known.
    pub pages_total: Option<i32>,
    /// Pages that the job is to read, as far as known.
    pub pages_selected: Option<i32>,
}

/// The outcome of a late document.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub enum SupplyOutcome {
    /// The job is queued with it.
    Queued(Job),
    /// The job does not await a document, or no longer: nothing was written.
    NotAwaited,
    /// The account's documents would have more bytes than they may; nothing was written.
    DocumentsFull(DocumentBytes),
}

/// The outcome of a settlement.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub enum SettleOutcome {
    /// It was written; the job as it is now.
    Settled(Job),
    /// The job is no longer this execution's: nothing was written.
    ClaimLost,
}

/// The rules for jobs whose worker was lost.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The loss that fails the job.
    pub worker_losses_max: i32,
    /// Waiting time after the first, second, ... loss; the last entry serves all further ones.
    pub backoff: Vec<Duration>,
    /// The failure that ends a job at its last loss.
    pub worker_lost: Failure,
    /// The failure that ends a job beyond its deadline.
    pub deadline_exceeded: Failure,
    /// The failure that ends a job whose document was not uploaded in time.
    pub upload_expired: Failure,
}

impl RetryPolicy {
    /// The waiting time after the `n`-th loss, counted from 1.
    #[must_use]
    pub fn backoff_after(&self, losses: i32) -> Duration {
        let idx = usize::try_from(losses.max(1) - 1).unwrap_or(0);
        self.backoff.get(idx).or(self.backoff.last()).copied().unwrap_or_default()
    }
}

/// The result of a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs put back into the queue.
    pub requeued: usize,
    /// Jobs failed for their last worker loss.
    pub lost: usize,
    /// Jobs failed for their deadline.
    pub overdue: usize,
    /// Jobs failed because their document was not uploaded in time.
    pub unsupplied: usize,
}

/// Jobs waiting and running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// In state *queued*.
    pub queued: i64,
    /// In state *processing*.
    pub processing: i64,
}
