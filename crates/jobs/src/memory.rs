//! What one process remembers: statuses, keys, the order of the queue, its last count, and who
//! watches which job. Knows the store's types and none of the verbs.

mod cache;
mod keys;
mod queue_gauge;
mod queue_order;
mod readiness;
mod requests;
mod status;
mod watchers;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

pub(crate) use cache::StatusCache;
pub use cache::{FRESH_FOR, MemoryNumbers};
pub(crate) use keys::{KeyCache, Known};
pub(crate) use queue_gauge::QueueGauge;
pub(crate) use queue_order::QueueOrder;
pub use readiness::NotReady;
pub(crate) use readiness::Readiness;
pub use requests::RequestOfJob;
pub(crate) use requests::Requests;
pub use status::{Place, Status};
pub use watchers::{AccountChange, JobWatch};
pub(crate) use watchers::{AccountWatch, Watchers};

/// The caches of this process, and the watchers in it.
pub(crate) struct Memory {
    pub(crate) statuses: StatusCache,
    pub(crate) keys: KeyCache,
    pub(crate) queue_order: QueueOrder,
    pub(crate) requests: Requests,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) delivered_seq: AtomicI64,
    pub(crate) settled_seq: AtomicI64,
}

impl Memory {
    /// Remembers nothing yet; statuses weigh at most so many bytes.
    pub(crate) fn new(status_bytes_max: u64) -> Self {
        Self {
            statuses: StatusCache::new(status_bytes_max),
            keys: KeyCache::new(),
            queue_order: QueueOrder::default(),
            requests: Requests::default(),
            watchers: Arc::default(),
            delivered_seq: AtomicI64::default(),
            settled_seq: AtomicI64::default(),
        }
    }
}
