//! The rules and the arithmetic of credits and submit limits, shared by both drivers.

use chrono::TimeDelta;
use docket_contract::job::Job;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use uuid::Uuid;

use crate::interface::{Balance, Rerun};

/// The length of a cycle of credits.
const CYCLE: TimeDelta = TimeDelta::days(30);

/// The window in which submits are counted.
const SUBMIT_WINDOW: TimeDelta = TimeDelta::seconds(60);

/// How long an idempotency key is remembered.
pub(crate) const IDEMPOTENCY_WINDOW: TimeDelta = TimeDelta::hours(24);

/// How long the outbox keeps the deletion of a job.
pub(crate) const DELETION_WINDOW: TimeDelta = TimeDelta::hours(24);

impl Balance {
    /// The balance at `now`: a new cycle begins with nothing used, always a whole number of cycles
    /// after the former one.
    pub(crate) fn rolled_to(self, now: Timestamp) -> Self {
        let cycle_us = CYCLE.num_microseconds().unwrap_or(i64::MAX);
        let passed = (now.timestamp_micros() - self.cycle_started_at.timestamp_micros()) / cycle_us;
        if passed < 1 {
            return self;
        }
        let started_us = self.cycle_started_at.timestamp_micros() + passed * cycle_us;
        let cycle_started_at = Timestamp::from_timestamp_micros(started_us).unwrap_or(now);
        Self { used: 0, limit: self.limit, cycle_started_at }
    }
}

/// Idempotency keys of this instant or before are forgotten.
pub(crate) fn idempotency_window_start(now: Timestamp) -> Timestamp {
    now - IDEMPOTENCY_WINDOW
}

/// Deletions at this time or before are no longer needed.
pub(crate) fn deletion_window_start(now: Timestamp) -> Timestamp {
    now - DELETION_WINDOW
}

/// Submits at or before this instant no longer count.
pub(crate) fn submit_window_start(now: Timestamp) -> Timestamp {
    now - SUBMIT_WINDOW
}

/// Whole seconds until the submit at `at` leaves the window, at least 1; the whole window if no
/// submit is allowed at all.
pub(crate) fn retry_after_s(at: Option<Timestamp>, now: Timestamp) -> u64 {
    let leaves_at = at.unwrap_or(now) + SUBMIT_WINDOW;
    let wait_us = (leaves_at - now).num_microseconds().unwrap_or(i64::MAX);
    u64::try_from(wait_us).unwrap_or(0).div_ceil(1_000_000).max(1)
}

/// Whether the job can run once more as decided: it is as it was then, and its own work ended it.
pub(crate) fn is_rerunnable(job: &Job, rerun: &Rerun) -> bool {
    matches!(job.state, JobState::Succeeded | JobState::Failed) && job.version == rerun.version
}

/// What a job is of the request that makes it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The first job of this batch.
    First(Uuid),
    /// A further job of this batch.
    Further(Uuid),
}

impl Part {
    pub(crate) fn batch(self) -> Option<Uuid> {
        match self {
            Self::Whole => None,
            Self::First(batch) | Self::Further(batch) => Some(batch),
        }
    }

    /// The kind of the ledger's row: a batch is counted as one submit, at its first job.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Whole | Self::First(_) => "submit",
            Self::Further(_) => "charge",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(us: i64) -> Timestamp {
        Timestamp::from_timestamp_micros(us).unwrap()
    }

    #[test]
    fn cycles_roll_by_whole_cycles() {
        let day_us = 24 * 60 * 60 * 1_000_000;
        let balance = Balance { used: 7, limit: 10, cycle_started_at: at(0) };
        assert_eq!(balance.rolled_to(at(30 * day_us - 1)), balance);
        assert_eq!(balance.rolled_to(at(-day_us)), balance);
        let next = balance.rolled_to(at(30 * day_us));
        assert_eq!((next.used, next.cycle_started_at), (0, at(30 * day_us)));
        let later = balance.rolled_to(at(95 * day_us));
        assert_eq!((later.used, later.cycle_started_at), (0, at(90 * day_us)));
    }

    #[test]
    fn waiting_times_are_whole_seconds() {
        let now = at(60_000_000);
        assert_eq!(retry_after_s(Some(now), now), 60);
        assert_eq!(retry_after_s(None, now), 60);
        assert_eq!(retry_after_s(Some(at(1)), now), 1);
        assert_eq!(retry_after_s(Some(at(1_000_001)), now), 2);
    }
}
