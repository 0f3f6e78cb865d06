//! The deletion of jobs and entries whose retention is over.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::job::Job;

use crate::error::Error;

/// Deletes data whose retention is over, in small transactions. Any number of nodes may do this.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Removes at most `limit` ended jobs of any owner, whose retention is over, with their
    /// specs and events and with batches that have no further job, oldest first; the caller then
    /// removes their blobs. Forgets outdated idempotency keys and deletions on the way, also at
    /// most `limit` each.
    async fn delete_expired(&self, limit: usize) -> Result<Expired, Error>;

    /// Replaces at most `limit` of the ledger's rows that are older than `retention` by their
    /// monthly sums, oldest first; answers how many. Rows of unfinished jobs stay: a refund reads
    /// them. Balances do not change.
    async fn sum_up_usage(&self, retention: Duration, limit: usize) -> Result<usize, Error>;
}

/// The result of one step of the deletion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expired {
    /// Removed jobs, as they were.
    pub jobs: Vec<Job>,
    /// Something was removed up to the limit: there may be more.
    pub more: bool,
}
