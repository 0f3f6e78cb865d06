//! The right to execute a job once, and the ways in which an execution ends.

use std::sync::Arc;
use std::time::Duration;

use docket_contract::job::{Failure, Job, PageCounts};
use docket_contract::spec::JobSpec;
use docket_contract::{BlobKey, ClaimToken};

use crate::error::Error;

/// One execution of one job. Only [`crate::QueueStore::claim`] makes one, and
/// [`crate::QueueStore::settle`] consumes it: without a claim there is no settlement.
#[derive(Debug)]
pub struct Claim {
    job: Job,
    spec: Arc<JobSpec>,
    token: ClaimToken,
}

impl Claim {
    pub(crate) fn new(job: Job, spec: JobSpec, token: ClaimToken) -> Self {
        Self { job, spec: Arc::new(spec), token }
    }

    /// The job as it was claimed; its `attempt` is this execution's.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The same claim once more, for a caller whose settlement failed.
    pub(crate) fn again(&self) -> Self {
        Self { job: self.job.clone(), spec: Arc::clone(&self.spec), token: self.token }
    }

    /// What is to be done.
    #[must_use]
    pub fn spec(&self) -> &JobSpec {
        &self.spec
    }

    /// What guards this execution's writes.
    #[must_use]
    pub fn token(&self) -> ClaimToken {
        self.token
    }
}

/// A settlement that could not be written, or of which nobody knows whether it was. The claim can be
/// settled again in the same way: what was written once is not written twice.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Unsettled {
    /// The claim.
    pub claim: Claim,
    /// Why.
    #[source]
    pub error: Error,
}

/// How an execution ended: one constructor per way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement(pub(crate) Ending);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ending {
    Succeeded { result_key: BlobKey, pages: PageCounts },
    Failed(Failure),
    Retry { delay: Duration },
    WorkerLost { delay: Duration, losses_max: i32, failure: Failure },
    Released,
}

/// An ending as it is written: the three ways in which a row leaves *processing*.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Succeeded { result_key: BlobKey, pages: PageCounts },
    Failed { failure: Failure, losses: i32 },
    Requeued { delay: Duration, losses: i32, attempts_back: i32 },
}

impl Claim {
    /// What the settlement means for this execution. Losses are counted on the claimed job: they
    /// cannot change while the claim holds.
    pub(crate) fn outcome(&self, settlement: Settlement) -> Outcome {
        match settlement.0 {
            Ending::Succeeded { result_key, pages } => Outcome::Succeeded { result_key, pages },
            Ending::Failed(failure) => Outcome::Failed { failure, losses: 0 },
            Ending::Retry { delay } => Outcome::Requeued { delay, losses: 0, attempts_back: 0 },
            Ending::WorkerLost { losses_max, failure, .. }
                if self.job.worker_losses + 1 >= losses_max =>
            {
                Outcome::Failed { failure, losses: 1 }
            }
            Ending::WorkerLost { delay, .. } => {
                Outcome::Requeued { delay, losses: 1, attempts_back: 0 }
            }
            Ending::Released => {
                Outcome::Requeued { delay: Duration::ZERO, losses: 0, attempts_back: 1 }
            }
        }
    }
}

impl Settlement {
    /// To *succeeded*: the result is stored under this key.
    #[must_use]
    pub fn succeeded(result_key: BlobKey, pages: PageCounts) -> Self {
        Self(Ending::Succeeded { result_key, pages })
    }

    /// To *failed*; the job's credits are refunded.
    #[must_use]
    pub fn failed(failure: Failure) -> Self {
        Self(Ending::Failed(failure))
    }

    /// Back to *queued*, ready after the delay: what failed can be different next time.
    #[must_use]
    pub fn retry(delay: Duration) -> Self {
        Self(Ending::Retry { delay })
    }

    /// The process that executed it died: one more worker loss; back to *queued* with the delay,
    /// or to *failed* when the losses reach `losses_max`.
    #[must_use]
    pub fn worker_lost(delay: Duration, losses_max: i32, failure: Failure) -> Self {
        Self(Ending::WorkerLost { delay, losses_max, failure })
    }

    /// Back to *queued* at once, and the attempt is not charged: the worker is going away.
    #[must_use]
    pub fn released() -> Self {
        Self(Ending::Released)
    }
}
