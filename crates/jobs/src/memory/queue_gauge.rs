//! The last count of waiting jobs, and the jobs that this process took in since.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How old a count may be while the queue is far from its limit, and near it.
const COUNT_AGE_FAR: Duration = Duration::from_secs(5);
const COUNT_AGE_NEAR: Duration = Duration::from_millis(500);

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

    pub(crate) fn is_outdated(&self, limit: u64, now: Instant) -> bool {
        let seen = self.seen();
        let age_max = if seen.waiting >= limit / 2 { COUNT_AGE_NEAR } else { COUNT_AGE_FAR };
        seen.counted_at.is_none_or(|at| now.duration_since(at) >= age_max)
    }

    pub(crate) fn counted(&self, waiting: u64, now: Instant) {
        *self.seen() = Seen { counted_at: Some(now), waiting };
    }

    /// Takes in so many jobs if they fit.
    pub(crate) fn take_in(&self, jobs: u64, limit: u64) -> bool {
        let mut seen = self.seen();
        let fits = seen.waiting + jobs <= limit;
        if fits {
            seen.waiting += jobs;
        }
        fits
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
