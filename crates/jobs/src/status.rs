//! Status reads: from memory if memory is known to be correct, otherwise from the database.

use std::sync::Arc;
use std::time::Duration;

use docket_contract::JobId;
use tokio::time::Instant;

use crate::{Caller, Error, Jobs, MemoryNumbers, Place, Status};

/// A waiting read reads again after this time, even without a known change.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

impl Jobs {
    /// What this process's memory holds and does.
    #[must_use]
    pub fn memory_numbers(&self) -> MemoryNumbers {
        let (job_watchers, account_watchers) = self.memory.watchers.counts();
        MemoryNumbers { job_watchers, account_watchers, ..self.memory.statuses.numbers() }
    }

    /// The status of one of the caller's jobs.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn status(&self, caller: &Caller, id: JobId) -> Result<Arc<Status>, Error> {
        if let Some(known) = self.memory.statuses.get(id) {
            return if known.user_id == caller.user_id { Ok(known) } else { Err(Error::NotFound) };
        }
        self.memory.statuses.missed();
        let reading = self.memory.statuses.begin(id);
        let status = match self.store.find_status(id).await? {
            Some(job) => Arc::new(Status::new(&job)?),
            None => return Err(Error::NotFound),
        };
        reading.learn(&status);
        if status.user_id == caller.user_id { Ok(status) } else { Err(Error::NotFound) }
    }

    /// The status of a job of the holder of this key and its place in the queue, if memory has all
    /// of it and the answer is no refusal.
    #[must_use]
    pub fn status_in_memory(&self, key_text: &str, id: JobId) -> Option<(Arc<Status>, Place)> {
        let caller = self.caller_in_memory(key_text)?;
        let status = self.memory.statuses.get(id)?;
        let place = match status.waiting {
            Some(place) => self.memory.queue_order.position_in_memory(&status.user_id, place)?,
            None => None,
        };
        (status.user_id == caller.user_id).then_some((status, place))
    }

    /// The status of one of the caller's jobs as soon as it has another version than `seen` (or than
    /// it has now), or has ended; as it is when the time is over.
    ///
    /// # Errors
    /// [`Error::NotFound`], also if the job is deleted meanwhile, or if the database fails.
    pub async fn status_after(
        &self,
        caller: &Caller,
        id: JobId,
        seen: Option<i64>,
        limit: Duration,
    ) -> Result<Arc<Status>, Error> {
        let deadline = Instant::now() + limit;
        // Watched before it is read, so that a change in between is not missed.
        let mut watch = self.memory.watchers.watch_job(id);
        let first = self.status(caller, id).await?;
        let seen = seen.unwrap_or(first.version);
        let mut status = first;
        while !status.ended && status.version == seen {
            tokio::select! {
                () = watch.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = tokio::time::sleep_until(deadline) => return self.status(caller, id).await,
            }
            status = self.status(caller, id).await?;
        }
        Ok(status)
    }

    /// How many jobs are expected to be claimed up to this waiting one, itself included; at most a
    /// second old.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_position(&self, status: &Status) -> Result<Place, Error> {
        let Some(place) = status.waiting else { return Ok(None) };
        let order = &self.memory.queue_order;
        order.position(self.store.as_ref(), &status.user_id, place).await
    }

    /// Notes that a job changed under this process's own hands: what memory has of it is older.
    pub(crate) fn note_version(&self, id: JobId, version: i64) {
        self.memory.statuses.changed(id, version);
    }
}
