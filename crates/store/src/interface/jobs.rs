//! Jobs as their owners see them: submit, find, list, end, expire.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::job::{DocumentInfo, Job, JobType, JobWithSpec, PageCounts};
use docket_contract::spec::JobSpec;
use docket_contract::state::{JobState, JobsWord};
use docket_contract::status::JobStatus;
use docket_contract::timestamp::Timestamp;
use docket_contract::{JobId, UserId};

use super::accounts::Balance;
use super::documents::DocumentBytes;
use crate::error::Error;

/// Jobs as their owners see them.
#[async_trait]
pub trait JobStore: Send + Sync {
    /// Makes the job true: checks the submit limit and the balance, charges, inserts job and
    /// event, all or nothing. With an idempotency key that is in use, it answers what the first
    /// submit did and writes nothing.
    async fn insert_job(&self, job: NewJob) -> Result<Inserted, Error>;

    /// The job with this id of any owner.
    async fn find_job(&self, id: JobId) -> Result<Option<Job>, Error>;

    /// The same with the options of the job, at one point in time.
    async fn find_job_with_spec(&self, id: JobId) -> Result<Option<JobWithSpec>, Error>;

    /// The options of these jobs of any owner, in any order. A job that is gone is
    /// left out.
    async fn find_specs(&self, ids: &[JobId]) -> Result<Vec<(JobId, JobSpec)>, Error>;

    /// What clients see of the job with this id of any owner. Many such reads at a time cost
    /// little more than one.
    async fn find_status(&self, id: JobId) -> Result<Option<JobStatus>, Error>;

    /// An account's jobs, newest first. Reads no more rows than the page and its offset need, for
    /// each pair of a state's word and a type that the filter lets through.
    async fn list_jobs(&self, query: JobQuery) -> Result<JobPage, Error>;

    /// Ends an unfinished job of this owner at once, running or not, and refunds its credits. A
    /// worker that runs it finds its claim lost.
    async fn cancel_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error>;

    /// The same, but not for jobs that were started.
    async fn cancel_waiting_job(&self, owner: &UserId, id: JobId) -> Result<CancelOutcome, Error>;

    /// Puts a job of this owner that succeeded or failed back to where its submit left it, with
    /// another spec, as a further submit that is charged again. The one way out of a terminal
    /// state. What the former run was charged stays so.
    async fn rerun_job(&self, owner: &UserId, rerun: Rerun) -> Result<RerunOutcome, Error>;

    /// Removes a finished job of this owner with its events; the caller then removes the blobs.
    async fn delete_job(&self, owner: &UserId, id: JobId) -> Result<DeleteOutcome, Error>;

    /// The job's events, oldest first.
    async fn list_events(&self, id: JobId) -> Result<Vec<JobEvent>, Error>;
}

/// A job to be made.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its id, made by the caller.
    pub id: JobId,
    /// Its owner, an existing account.
    pub user_id: UserId,
    /// The options of the job.
    pub spec: JobSpec,
    /// The document.
    pub document: DocumentInfo,
    /// How long its document can be uploaded, if it is not here yet: the job awaits it then.
    pub upload_window: Option<Duration>,
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

impl NewJob {
    /// The state that it begins in.
    #[must_use]
    pub fn state(&self) -> JobState {
        match self.upload_window {
            Some(_) => JobState::AwaitingUpload,
            None => JobState::Queued,
        }
    }

    /// Credits that the account must have left. A document that is still to be uploaded costs
    /// nothing yet, but it has at least one page: an account without credits cannot announce one.
    #[must_use]
    pub fn credits_needed(&self) -> i64 {
        self.credits.max(i64::from(self.upload_window.is_some()))
    }
}

/// How a repeated submit is recognised, for 24 hours. A key whose job was deleted is unused,
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

/// The outcome of an insert.
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
    /// The account's documents would have more bytes than they may; nothing was written.
    DocumentsFull(DocumentBytes),
    /// The idempotency key repeats an earlier submit; nothing was written, and it is no submit.
    Replayed {
        /// The first submit's job, as it is now.
        job: Job,
        /// The credits that it was charged then.
        credits: i64,
        /// The balance after it, as answered then.
        balance: Balance,
    },
    /// The idempotency key was used for another request; nothing was written.
    IdempotencyConflict,
}

/// Which jobs to list.
#[derive(Clone, Debug)]
pub struct JobQuery {
    /// Whose.
    pub user_id: UserId,
    /// Only jobs with this status in the API (a started job back in the queue is *processing*).
    pub status: Option<JobsWord>,
    /// Only this type.
    pub job_type: Option<JobType>,
    /// Only those behind this place.
    pub before: Option<ListPlace>,
    /// Only those made at this instant or later.
    pub created_from: Option<Timestamp>,
    /// Only those made at this instant or earlier.
    pub created_until: Option<Timestamp>,
    /// Skips this many of the newest.
    pub offset: usize,
    /// Entries, at most.
    pub limit: usize,
}

/// The place of a job in a list: lists are in the order of creation by the database's clock, and of
/// `seq` where that is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPlace {
    /// When the job was made.
    pub created_at: Timestamp,
    /// Its `seq`.
    pub seq: i64,
}

impl From<&Job> for ListPlace {
    fn from(job: &Job) -> Self {
        Self { created_at: job.created_at, seq: job.seq }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPage {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// There are older jobs.
    pub more: bool,
}

/// The outcome of a cancel.
#[derive(Clone, Debug, PartialEq)]
pub enum CancelOutcome {
    /// Cancelled now.
    Cancelled(Job),
    /// It had already ended.
    AlreadyEnded(Job),
    /// It was started, and only a waiting one was to be cancelled.
    AlreadyStarted(Job),
    /// This owner has no such job.
    NotFound,
}

/// How a job that ended is to run once more.
#[derive(Clone, Debug)]
pub struct Rerun {
    /// Which.
    pub id: JobId,
    /// Its version when this was decided: if it has changed since, nothing happens.
    pub version: i64,
    /// The new options.
    pub spec: JobSpec,
    /// Opens an encrypted document; the former one was wiped.
    pub password: Option<String>,
    /// Pages that it is to read, as far as known.
    pub pages_selected: Option<i32>,
    /// Credits to charge now.
    pub credits: i64,
    /// How long the job is kept from now on.
    pub retention: Duration,
}

/// The outcome of a rerun.
#[derive(Clone, Debug, PartialEq)]
pub enum RerunOutcome {
    /// It waits again.
    Queued {
        /// As it is now. Its former result is no longer its own: the caller removes the blobs.
        job: Job,
        /// The balance after it.
        balance: Balance,
    },
    /// It has changed, or it did not end, or by its owner; nothing was written.
    NotRerunnable(Job),
    /// The balance does not suffice; nothing was written.
    QuotaExceeded(Balance),
    /// The account's submits of the last 60 s are used up; nothing was written.
    RateLimited {
        /// Seconds until the oldest of them leaves the window, at least 1.
        retry_after_s: u64,
    },
    /// This owner has no such job.
    NotFound,
}

/// The outcome of a delete.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub enum DeleteOutcome {
    /// The job as it was; nothing names its blobs any more.
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
