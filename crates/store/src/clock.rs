//! The source of times: the database, or a clock that a test moves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use docket_contract::timestamp::Timestamp;

/// The source of the store's instants.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<TestClock>);

impl Clock {
    /// The database's own clock.
    #[must_use]
    pub fn database() -> Self {
        Self(None)
    }

    /// A test's clock.
    #[must_use]
    pub fn test(clock: TestClock) -> Self {
        Self(Some(clock))
    }

    /// The test's instant, or `None` for the database's.
    pub(crate) fn fixed(&self) -> Option<Timestamp> {
        self.0.as_ref().map(TestClock::now)
    }

    /// The instant for SQLite, whose clock is that of its host.
    #[expect(clippy::disallowed_methods, reason = "here the host's clock is the database's")]
    pub(crate) fn host(&self) -> Timestamp {
        self.fixed().unwrap_or_else(Utc::now)
    }
}

/// A sample of the database's time that took longer is too inexact.
const TRIP_MAX: Duration = Duration::from_millis(250);

/// Unless there has been no better one for so long.
const SAMPLE_AGE_MAX: Duration = Duration::from_secs(60);

/// The time of a database on another host: what it last answered, and what has passed since by this
/// host's monotonic clock. How wrong the host's own date is, and that somebody sets it, is nothing
/// to it.
#[derive(Debug)]
pub(crate) struct DatabaseTime(Mutex<Sample>);

#[derive(Clone, Copy, Debug)]
struct Sample {
    time: Timestamp,
    taken: Instant,
}

impl DatabaseTime {
    /// The database answered just now with this time to a question of that moment.
    pub(crate) fn new(time: Timestamp, asked: Instant) -> Self {
        Self(Mutex::new(Sample { time, taken: asked + asked.elapsed() / 2 }))
    }

    /// It answered again.
    pub(crate) fn note(&self, time: Timestamp, asked: Instant) {
        let trip = asked.elapsed();
        let mut sample = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trip <= TRIP_MAX || sample.taken.elapsed() > SAMPLE_AGE_MAX {
            *sample = Sample { time, taken: asked + trip / 2 };
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let sample = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sample.time + sample.taken.elapsed()
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

impl Default for TestClock {
    /// Stands at 2030-01-01T00:00:00Z.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_893_456_000_000_000)))
    }
}

impl TestClock {
    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Moves it backward, as an operator or a time server may.
    pub fn set_back(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_sub(micros, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn near(time: &DatabaseTime, want: Timestamp) {
        let off = time.now().signed_duration_since(want).abs();
        assert!(off < TimeDelta::seconds(5), "{off}");
    }

    #[test]
    fn the_last_good_answer_counts() {
        let (first, asked) = (DateTime::UNIX_EPOCH, Instant::now());
        let time = DatabaseTime::new(first, asked);
        near(&time, first);
        // The database's own clock was set.
        let second = first + TimeDelta::hours(1);
        time.note(second, Instant::now());
        near(&time, second);
        if let Some(long_ago) = Instant::now().checked_sub(2 * TRIP_MAX) {
            time.note(first, long_ago);
        }
        near(&time, second);
    }
}
