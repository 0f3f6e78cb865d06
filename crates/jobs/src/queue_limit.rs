//! The limit of the queue: submits beyond it are refused, so that a flood fills neither the disk
//! nor the waiting times.
//!
//! The queue is counted at intervals, and this node's own submits in between are added. So the
//! limit is exact except for what other nodes accept during one interval.

use std::time::Instant;

use crate::{Caller, Error, Jobs};

/// When a client that was turned away may try again, in seconds.
const RETRY_AFTER_S: u64 = 5;

impl Jobs {
    /// Lets so many new jobs pass if the queue has room for them. A caller whose balance would not
    /// suffice gets that answer first: waiting would not help it.
    pub(crate) async fn admit_to_queue(
        &self,
        caller: &Caller,
        jobs: usize,
        credits: i64,
    ) -> Result<(), Error> {
        self.check_space()?;
        let limit = self.policy.queue_jobs_max;
        let now = Instant::now();
        if self.queue_gauge.is_outdated(limit, now) {
            let depth = self.store.queue_depth().await?;
            self.queue_gauge.counted(u64::try_from(depth.queued).unwrap_or(0), now);
        }
        if self.queue_gauge.take_in(jobs as u64, limit) {
            return Ok(());
        }
        let balance = self.store.balance(&caller.user_id).await?;
        if balance.remaining() < credits {
            return Err(Error::QuotaExceeded(balance));
        }
        Err(Error::QueueFull { retry_after_s: RETRY_AFTER_S })
    }
}
