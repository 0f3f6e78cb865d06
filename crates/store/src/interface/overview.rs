//! Totals over all accounts, for operators.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::Error;

/// Totals over all accounts, cheap enough for a query every few seconds.
#[async_trait]
pub trait OverviewStore: Send + Sync {
    /// As it is now.
    async fn overview(&self) -> Result<Overview, Error>;
}

/// The state of the queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Unfinished jobs: type, state, count. Combinations without jobs are left out.
    pub unfinished: Vec<(String, String, i64)>,
    /// For how long the job that has waited longest could have been claimed.
    pub oldest_ready: Option<Duration>,
    /// Deliveries of webhooks that are on their way or wait for their next attempt.
    pub deliveries_pending: i64,
    /// Deliveries that wait for a disabled endpoint.
    pub deliveries_held: i64,
}
