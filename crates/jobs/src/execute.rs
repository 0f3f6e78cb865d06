//! The verbs of workers: claim short, work long, settle guarded.

use std::time::{Duration, Instant};

use docket_contract::job::{Failure, FailureCode, Job, PageCounts};
use docket_contract::{BlobKey, ClaimToken, WorkerId};
use docket_store::{
    BlobReader, BlobWriter, ChargeOutcome, Claim, ProgressOutcome, ProgressUpdate, SettleOutcome,
    Settlement,
};
use tokio::sync::watch;

use crate::{Error, Jobs, measure};

/// How long an execution waits for a database that is away or holds up its statements, before it
/// gives up its work.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// What became of a settlement.
#[derive(Clone, Debug)]
pub enum Settled {
    /// It stands; the job as it is now.
    Done(Box<Job>),
    /// The job was taken away in between: nothing was written, and the result is discarded.
    ClaimLost,
}

/// A result that lies in its blobs, but belongs to no settled job yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResult {
    /// The result.
    pub result_key: BlobKey,
    /// Its files, each under [`BlobKey::file`] of the result's key.
    pub file_keys: Vec<BlobKey>,
}

impl Jobs {
    /// At most `limit` jobs to execute: accounts take turns, each in the order of its jobs.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(&self, worker: WorkerId, limit: usize) -> Result<Vec<Claim>, Error> {
        let policy = &self.policy;
        let claims = self.store.claim(worker, limit, policy.lease, policy.deadline).await?;
        for claim in &claims {
            self.note_version(claim.job().id, claim.job().version);
        }
        measure::claimed(&claims);
        Ok(claims)
    }

    /// Renews the leases of the worker's executions; answers which are still its own.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn heartbeat(
        &self,
        worker: WorkerId,
        executions: &[ClaimToken],
    ) -> Result<Vec<ClaimToken>, Error> {
        Ok(self.store.heartbeat(worker, executions, self.policy.lease).await?)
    }

    /// Changes when something may be ready to claim. A hint: polling alone suffices.
    #[must_use]
    pub fn ready_hint(&self) -> watch::Receiver<u64> {
        self.store.ready_hint()
    }

    /// The bytes of a job's document.
    ///
    /// # Errors
    /// If they are not there or storage fails.
    pub async fn open_document(&self, key: &BlobKey) -> Result<BlobReader, Error> {
        Ok(self.blobs.reader(key).await?)
    }

    /// A place for a result. Dropped unfinished, it leaves nothing.
    #[must_use]
    pub fn begin_result(&self) -> (BlobKey, BlobWriter) {
        let key = BlobKey::result();
        let writer = self.blobs.writer(&key);
        (key, writer)
    }

    /// A place for a file of a result.
    #[must_use]
    pub fn begin_file(&self, key: &BlobKey) -> BlobWriter {
        self.blobs.writer(key)
    }

    /// Reports how far an execution is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn progress(
        &self,
        claim: &Claim,
        update: ProgressUpdate,
    ) -> Result<ProgressOutcome, Error> {
        let patience = Patience::default();
        loop {
            match self.store.progress(claim, update.clone()).await {
                Err(error) if patience.waits_out(&error).await => {}
                answered => return Ok(answered?),
            }
        }
    }

    /// Charges the job up to so many credits in all.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn charge(&self, claim: &Claim, credits: i64) -> Result<ChargeOutcome, Error> {
        let patience = Patience::default();
        loop {
            match self.store.charge(claim, credits).await {
                Err(error) if patience.waits_out(&error).await => {}
                answered => return Ok(answered?),
            }
        }
    }

    /// Ends an execution with a result that is already stored.
    ///
    /// # Errors
    /// If the database fails; the claim is then left to its lease.
    pub async fn succeed(
        &self,
        claim: Claim,
        result: StoredResult,
        pages: PageCounts,
    ) -> Result<Settled, Error> {
        let key = result.result_key.clone();
        let settled = self.settle(claim, Settlement::succeeded(key, pages)).await?;
        if matches!(settled, Settled::ClaimLost) {
            self.discard(&result.result_key).await;
            for key in &result.file_keys {
                self.discard(key).await;
            }
        }
        Ok(settled)
    }

    /// Ends an execution that would fail the same way again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn fail(&self, claim: Claim, failure: Failure) -> Result<Settled, Error> {
        self.settle(claim, Settlement::failed(failure)).await
    }

    /// Ends an execution that may go better next time: back to the queue with backoff, or failed
    /// when the attempts are used up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry(&self, claim: Claim, failure: Failure) -> Result<Settled, Error> {
        let failed_attempts = claim.job().attempt - claim.job().worker_losses;
        let settlement = if failed_attempts >= self.policy.attempts_max {
            Settlement::failed(failure)
        } else {
            Settlement::retry(self.policy.backoff_after(failed_attempts))
        };
        self.settle(claim, settlement).await
    }

    /// Ends an execution whose process died: retried with backoff, failed at its last loss.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn worker_lost(&self, claim: Claim) -> Result<Settled, Error> {
        let policy = &self.policy;
        let delay = policy.backoff_after(claim.job().worker_losses + 1);
        let lost = worker_lost_failure(policy.worker_losses_max);
        self.settle(claim, Settlement::worker_lost(delay, policy.worker_losses_max, lost)).await
    }

    /// Gives an execution back without charging the attempt: the worker is going away.
    ///
    /// # Errors
    /// If the database fails; the claim is then left to its lease.
    pub async fn release(&self, claim: Claim) -> Result<Settled, Error> {
        self.settle(claim, Settlement::released()).await
    }

    /// Settles again while the database is unavailable: the work is done, and to do it once more
    /// costs far more than to wait.
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<Settled, Error> {
        let patience = Patience::default();
        let mut claim = claim;
        loop {
            let unsettled = match self.store.settle(claim, settlement.clone()).await {
                Ok(SettleOutcome::Settled(job)) => {
                    self.note_version(job.id, job.version);
                    measure::settled(&job);
                    return Ok(Settled::Done(Box::new(job)));
                }
                Ok(SettleOutcome::ClaimLost) => return Ok(Settled::ClaimLost),
                Err(unsettled) => *unsettled,
            };
            if !patience.waits_out(&unsettled.error).await {
                return Err(unsettled.error.into());
            }
            claim = unsettled.claim;
        }
    }
}

/// How long one call of an execution is made again. Only for calls that may happen twice: what a
/// call wrote before its answer was lost is not written again.
struct Patience {
    give_up_at: Instant,
}

impl Default for Patience {
    fn default() -> Self {
        Self { give_up_at: Instant::now() + PATIENCE }
    }
}

impl Patience {
    /// Pauses if the call may succeed later; answers whether to make it again.
    async fn waits_out(&self, error: &docket_store::Error) -> bool {
        use docket_store::Error as E;
        let passes = matches!(error, E::Unavailable(_) | E::NotWritable { .. });
        let again = passes && Instant::now() < self.give_up_at;
        if again {
            tracing::debug!(%error, "the database is unavailable; the settlement is tried again");
            tokio::time::sleep(PAUSE).await;
        }
        again
    }
}

/// The failure of a job that took too many workers with it.
pub(crate) fn worker_lost_failure(losses_max: i32) -> Failure {
    Failure::new(
        FailureCode::WorkerLost,
        format!("The document's worker process ended unexpectedly {losses_max} times"),
    )
}
