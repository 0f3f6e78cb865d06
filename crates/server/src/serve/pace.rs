//! The pace that the body of a request has to keep up, so that no client holds a connection with a
//! byte now and then.
//!
//! A client has some time in which nothing comes; every byte earns some of it back. Only the time
//! in which this server waits for the client counts, not the time in which storage is slow.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::settings::ConnectionSettings;

/// The body came too slowly.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request's body came too slowly")]
pub(super) struct TooSlow;

pub(super) struct Pace {
    allowance: Allowance,
    waiting_since: Option<Instant>,
    /// Made when it is first waited.
    end: Option<Pin<Box<Sleep>>>,
    too_slow: Arc<AtomicBool>,
}

impl Pace {
    pub(super) fn new(settings: &ConnectionSettings) -> Self {
        Self {
            allowance: Allowance {
                most: settings.body_grace,
                second_bytes: settings.body_bytes_per_s_min.max(1),
                left: settings.body_grace,
            },
            waiting_since: None,
            end: None,
            too_slow: Arc::default(),
        }
    }

    /// Becomes true when the time is over.
    pub(super) fn too_slow(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.too_slow)
    }

    /// Notes that so many bytes came.
    pub(super) fn came(&mut self, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            self.allowance.spend(since.elapsed());
        }
        self.allowance.earn(bytes);
    }

    /// Waits for the end of the time that is left.
    pub(super) fn poll_too_slow(&mut self, context: &mut Context<'_>) -> Poll<TooSlow> {
        let until = Instant::now() + self.allowance.left;
        let end = self.end.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        if self.waiting_since.is_none() {
            self.waiting_since = Some(Instant::now());
            end.as_mut().reset(until);
        }
        end.as_mut().poll(context).map(|()| {
            self.too_slow.store(true, Ordering::Release);
            TooSlow
        })
    }
}

/// The time in which nothing has to come.
struct Allowance {
    most: Duration,
    left: Duration,
    second_bytes: u32,
}

impl Allowance {
    fn spend(&mut self, waited: Duration) {
        self.left = self.left.saturating_sub(waited);
    }

    fn earn(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs_f64(f64::from(bytes) / f64::from(self.second_bytes));
        self.left = (self.left + earned).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_costs_and_bytes_earn() {
        let most = Duration::from_secs(10);
        let mut allowance = Allowance { most, left: most, second_bytes: 100 };
        for _ in 0..100 {
            allowance.spend(Duration::from_secs(4));
            assert!(!allowance.left.is_zero(), "as fast as it must be");
            allowance.earn(400);
        }
        allowance.earn(1_000_000);
        assert_eq!(allowance.left, most, "what is earned is bounded");
        for _ in 0..10 {
            allowance.spend(Duration::from_secs(1));
            allowance.earn(1);
        }
        allowance.spend(Duration::from_secs(1));
        assert!(allowance.left.is_zero());
    }
}
