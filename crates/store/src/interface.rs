//! The store's face: narrow traits with one implementation per database.
//!
//! Every method is atomic. All instants come from the database's clock (or from the test clock the
//! store was opened with). Every transition adds one to the job's version, moves `updated_at` to
//! the later of now and the former value plus one millisecond, and writes one row of `job_events`
//! in its own transaction.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::job::{DocumentInfo, Failure, Job, JobType, PageCounts, Stage};
use docket_contract::spec::JobSpec;
use docket_contract::state::{JobState, JobsWord};
use docket_contract::timestamp::Timestamp;
use docket_contract::{BlobKey, ClaimToken, JobId, UserId, WorkerId};
use tokio::sync::watch;
use uuid::Uuid;

use crate::claim::{Claim, Settlement};
use crate::error::Error;

/// All of the store, for the rooms that are handed it whole.
#[async_trait]
pub trait Store: JobStore + BatchStore + QueueStore + AccountStore + SecretStore {
    /// Answers if the database does.
    async fn ping(&self) -> Result<(), Error>;

    /// Finishes what is under way and closes every connection.
    async fn close(&self);
}

/// Jobs as their owners see them.
#[async_trait]
pub trait JobStore: Send + Sync {
    /// Makes the job true: checks the submit limit and the balance, charges, inserts job and
    /// event, all or nothing. With an idempotency key that is in use, it answers what the first
    /// submit did and writes nothing.
    async fn insert_job(&self, job: NewJob) -> Result<Inserted, Error>;

    /// The job with this id, whoever owns it.
    async fn find_job(&self, id: JobId) -> Result<Option<Job>, Error>;

    /// An account's jobs, newest first.
    async fn list_jobs(&self, query: JobQuery) -> Result<JobPage, Error>;

    /// Ends an unfinished job of this owner at once, running or not, and refunds its credits. A
    /// worker that runs it finds its claim lost.
    async fn cancel_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error>;

    /// Removes a finished job of this owner with its events; the caller then removes the blobs.
    async fn delete_job(&self, owner: &UserId, id: JobId) -> Result<DeleteOutcome, Error>;

    /// Removes at most `limit` ended jobs, whoever owns them, whose retention is over, with their
    /// events, oldest first; the caller then removes their blobs. Forgets outdated idempotency
    /// keys on the way, also at most `limit`.
    async fn delete_expired(&self, limit: usize) -> Result<Vec<Job>, Error>;

    /// The job's events, oldest first.
    async fn list_events(&self, id: JobId) -> Result<Vec<JobEvent>, Error>;
}

/// Jobs that are submitted with one request.
#[async_trait]
pub trait BatchStore: Send + Sync {
    /// Makes the batch and its jobs true, all or nothing, in the order given. The balance must
    /// suffice for all of them. The submit limit counts requests: a batch is one submit, however
    /// many jobs it has.
    async fn insert_batch(&self, batch: NewBatch) -> Result<BatchInserted, Error>;

    /// The batch with this id, whoever owns it, with the jobs that it still has.
    async fn find_batch(&self, id: Uuid) -> Result<Option<Batch>, Error>;
}

/// The queue as workers see it.
#[async_trait]
pub trait QueueStore: Send + Sync {
    /// Hands out at most `limit` ready jobs, highest priority first, then oldest first. Each goes
    /// to *processing* with one more attempt, a fresh token and a lease; `started_at` and
    /// `deadline_at` are set at the first claim only.
    async fn claim(
        &self,
        worker: WorkerId,
        limit: usize,
        lease: Duration,
        deadline: Duration,
    ) -> Result<Vec<Claim>, Error>;

    /// Renews all leases of the worker in one statement without touching `jobs`, and answers which
    /// it still holds: everything else it believes to hold is lost. A lease that ran out but was not swept yet
    /// is renewed as well.
    async fn heartbeat(&self, worker: WorkerId, lease: Duration) -> Result<Vec<ClaimToken>, Error>;

    /// Writes progress. Counts never fall and stages never go back, whatever is passed.
    async fn progress(
        &self,
        claim: &Claim,
        update: ProgressUpdate,
    ) -> Result<ProgressOutcome, Error>;

    /// Ends the execution, guarded by state, attempt and token.
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<SettleOutcome, Error>;

    /// Takes jobs with a lost lease from their workers (one more worker loss: back to the queue
    /// with backoff, failed at the last) and fails unfinished jobs beyond their deadline.
    async fn sweep(&self, policy: &RetryPolicy) -> Result<Swept, Error>;

    /// How much is waiting and running.
    async fn queue_depth(&self) -> Result<QueueDepth, Error>;

    /// Changes whenever this process committed something that may be ready to claim. A hint:
    /// polling alone must suffice.
    fn ready_hint(&self) -> watch::Receiver<u64>;
}

/// Accounts and their keys.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Makes the account if it is new; sets the limits that are given.
    async fn ensure_account(&self, user: &UserId, limits: AccountLimits) -> Result<Account, Error>;

    /// Stores a key by its hash. Putting the same hash again un-revokes nothing and is a conflict.
    async fn insert_key(&self, key: NewApiKey) -> Result<ApiKey, Error>;

    /// The live key with this hash and its account; revoked and expired keys are unknown.
    async fn find_key(&self, sha256: &[u8; 32]) -> Result<Option<KeyHolder>, Error>;

    /// Every key, newest first, also revoked ones.
    async fn list_keys(&self) -> Result<Vec<ApiKey>, Error>;

    /// The account's keys, newest first, also revoked and expired ones.
    async fn list_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>, Error>;

    /// Revokes the key; `None` if there is none with this id.
    async fn revoke_key(&self, id: Uuid) -> Result<Option<ApiKey>, Error>;

    /// The account's credits in its present cycle of 30 days.
    async fn balance(&self, user: &UserId) -> Result<Balance, Error>;
}

/// Secrets of the installation.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The secret of this name: `fresh` if there is none yet, else what was stored first.
    async fn secret(&self, name: &'static str, fresh: [u8; 32]) -> Result<[u8; 32], Error>;
}

/// A job to be made.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its id, made by the caller.
    pub id: JobId,
    /// Its owner, an existing account.
    pub user_id: UserId,
    /// What to do.
    pub spec: JobSpec,
    /// What to do it to.
    pub document: DocumentInfo,
    /// `queued` or `awaiting_upload`.
    pub state: JobState,
    /// Pages, as far as known.
    pub pages: PageCounts,
    /// Credits to charge now.
    pub credits: i64,
    /// Higher is claimed earlier.
    pub priority: i32,
    /// How long the job is kept after its submit.
    pub retention: Duration,
    /// Makes a repetition of this submit answer the first one's job.
    pub idempotency: Option<Idempotency>,
}

/// By what a repetition of a submit is known, for 24 hours. A key whose job was deleted is unused,
/// and so is one whose submit was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The operation: the same key in another one, or of another account, is another key.
    pub scope: String,
    /// The client's key.
    pub key: String,
    /// The hash of everything that makes two submits the same.
    pub request_sha256: [u8; 32],
}

/// What became of an insert.
#[derive(Clone, Debug, PartialEq)]
pub enum Inserted {
    /// It is there.
    Job {
        /// As stored.
        job: Job,
        /// The balance after it.
        balance: Balance,
    },
    /// The balance does not suffice; nothing was written.
    QuotaExceeded(Balance),
    /// The account's submits of the last 60 s are used up; nothing was written.
    RateLimited {
        /// Seconds until the oldest of them leaves the window, at least 1.
        retry_after_s: u64,
    },
    /// The idempotency key repeats an earlier submit; nothing was written, and it is no submit.
    Replayed {
        /// The first submit's job, as it is now.
        job: Job,
        /// What it was charged then.
        credits: i64,
        /// The balance after it, as answered then.
        balance: Balance,
    },
    /// The idempotency key was used for another request; nothing was written.
    IdempotencyConflict,
}

/// A batch to be made.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// Its id, made by the caller.
    pub id: Uuid,
    /// The owner of the batch and of all its jobs, an existing account.
    pub user_id: UserId,
    /// Its jobs. Their own `user_id` and `idempotency` are not looked at.
    pub jobs: Vec<NewJob>,
}

impl NewBatch {
    /// What all jobs cost.
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

/// What became of the insert of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchInserted {
    /// It is there, with all jobs.
    Batch {
        /// As stored.
        batch: Batch,
        /// The balance after it.
        balance: Balance,
    },
    /// The balance does not suffice for all jobs; nothing was written.
    QuotaExceeded(Balance),
    /// The account's submits of the last 60 s are used up; nothing was written.
    RateLimited {
        /// Seconds until the oldest of them leaves the window, at least 1.
        retry_after_s: u64,
    },
}

/// An account's credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Credits used in this cycle.
    pub used: i64,
    /// Credits per cycle.
    pub limit: i64,
    /// The first day of this cycle.
    pub cycle_started_at: Timestamp,
}

impl Balance {
    /// Credits left, never below 0.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        (self.limit - self.used).max(0)
    }
}

/// Which jobs to list.
#[derive(Clone, Debug)]
pub struct JobQuery {
    /// Whose.
    pub user_id: UserId,
    /// Only those with this word on the wire (a started job back in the queue is *processing*).
    pub status: Option<JobsWord>,
    /// Only this type.
    pub job_type: Option<JobType>,
    /// Only those with a smaller `seq`.
    pub before_seq: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPage {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// There are older ones.
    pub more: bool,
}

/// What became of a cancel.
#[derive(Clone, Debug, PartialEq)]
pub enum CancelOutcome {
    /// Cancelled now.
    Cancelled(Job),
    /// It had already ended.
    AlreadyEnded(Job),
    /// This owner has no such job.
    NotFound,
}

/// What became of a delete.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub enum DeleteOutcome {
    /// The job as it was; its blobs are now nobody's.
    Deleted(Job),
    /// It has not ended: cancel it first.
    NotEnded,
    /// This owner has no such job.
    NotFound,
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct JobEvent {
    /// Order over all jobs.
    pub seq: i64,
    /// Whose change.
    pub job_id: JobId,
    /// The job's version after it.
    pub version: i64,
    /// The job's state after it.
    pub state: JobState,
    /// Pages done after it.
    pub pages_done: i32,
    /// When.
    pub at: Timestamp,
}

/// What a worker reports on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressUpdate {
    /// What it is at.
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
    /// Where it lies.
    pub blob_key: BlobKey,
}

/// What became of a progress write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressOutcome {
    /// Written.
    Written,
    /// The job is no longer this execution's: stop.
    ClaimLost,
}

/// What became of a settlement.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub enum SettleOutcome {
    /// It stands; the job as it is now.
    Settled(Job),
    /// The job is no longer this execution's: nothing was written.
    ClaimLost,
}

/// What happens to jobs whose worker was lost.
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
}

impl RetryPolicy {
    /// The waiting time after the `n`-th loss, counted from 1.
    #[must_use]
    pub fn backoff_after(&self, losses: i32) -> Duration {
        let idx = usize::try_from(losses.max(1) - 1).unwrap_or(0);
        self.backoff.get(idx).or(self.backoff.last()).copied().unwrap_or_default()
    }
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs put back into the queue.
    pub requeued: usize,
    /// Jobs failed for their last worker loss.
    pub lost: usize,
    /// Jobs failed for their deadline.
    pub overdue: usize,
}

/// Jobs waiting and running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// In state *queued*.
    pub queued: i64,
    /// In state *processing*.
    pub processing: i64,
}

/// Limits of an account; `None` leaves what is set (for a new account: the defaults).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountLimits {
    /// Credits per cycle of 30 days; 1,000,000 unless set.
    pub credits: Option<i64>,
    /// Submits per 60 s; none unless set.
    pub submits_per_minute: Option<i32>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id on the wire.
    pub user_id: UserId,
    /// Credits per cycle.
    pub credits_limit: i64,
    /// Submits per 60 s, if limited.
    pub submits_per_minute: Option<i32>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Its account, an existing one.
    pub user_id: UserId,
    /// SHA-256 of the key's text.
    pub sha256: [u8; 32],
    /// The last four characters of the key's text.
    pub last_four: String,
    /// What it is for, shown in lists.
    pub label: String,
    /// From then on it is unknown.
    pub expires_at: Option<Timestamp>,
}

/// A stored key; its text is known to nobody but its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Names it in commands.
    pub id: Uuid,
    /// Its account.
    pub user_id: UserId,
    /// The last four characters of its text.
    pub last_four: String,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is unknown.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Who a live key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    /// The key.
    pub key_id: Uuid,
    /// Its account.
    pub user_id: UserId,
}
