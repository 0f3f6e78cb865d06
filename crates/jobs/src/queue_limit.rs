//! The limit of the queue: submits beyond it are refused, so that a flood fills neither the disk
//! nor the waiting times.
//!
//! The queue is counted at intervals, and this node's own submits in between are added. So the
//! limit is exact except for what other nodes accept during one interval.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Caller, Error, Jobs};

/// How old a count may be while the queue is far from its limit, and near it.
const COUNT_AGE_FAR: Duration = Duration::from_secs(5);
const COUNT_AGE_NEAR: Duration = Duration::from_millis(500);

/// When a client that was turned away may try again, in seconds.
const RETRY_AFTER_S: u64 = 5;

/// The last count, and what was taken in since.
#[derive(Debug, Default)]
pub(crate) struct QueueGauge {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    counted_at: Option<Instant>,
    waiting: u64,
}

impl QueueGauge {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_outdated(&self, limit: u64, now: Instant) -> bool {
        let seen = self.seen();
        let age_max = if seen.waiting >= limit / 2 { COUNT_AGE_NEAR } else { COUNT_AGE_FAR };
        seen.counted_at.is_none_or(|at| now.duration_since(at) >= age_max)
    }

    fn counted(&self, waiting: u64, now: Instant) {
        *self.seen() = Seen { counted_at: Some(now), waiting };
    }

    /// Takes in so many jobs if they fit.
    fn take_in(&self, jobs: u64, limit: u64) -> bool {
        let mut seen = self.seen();
        let fits = seen.waiting + jobs <= limit;
        if fits {
            seen.waiting += jobs;
        }
        fits
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_submits_count_between_counts() {
        let (gauge, now) = (QueueGauge::default(), Instant::now());
        assert!(gauge.is_outdated(10, now), "never counted");
        gauge.counted(7, now);
        assert!(gauge.take_in(2, 10) && !gauge.take_in(2, 10) && gauge.take_in(1, 10));
        assert!(!gauge.take_in(1, 10));
        assert!(!gauge.is_outdated(10, now));
        assert!(gauge.is_outdated(10, now + COUNT_AGE_NEAR));
        assert!(!gauge.is_outdated(1000, now + COUNT_AGE_NEAR), "far from its limit");
        gauge.counted(0, now);
        assert!(gauge.take_in(10, 10));
    }
}
