//! Where instants come from: the database, or a clock that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

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
    pub(crate) fn host(&self) -> Timestamp {
        self.fixed().unwrap_or_else(Utc::now)
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
}
