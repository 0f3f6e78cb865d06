//! The store's face: narrow traits with one implementation per database.
//!
//! Every method is atomic. All instants come from the database's clock (or from the test clock the
//! store was opened with). Every transition adds one to the job's version, moves `updated_at` to
//! the later of now and the former value plus one millisecond, and writes one row of `job_events`
//! in its own transaction.

mod accounts;
mod batches;
mod documents;
mod feed;
mod health;
mod jobs;
mod overview;
mod queue;
mod retention;
mod secrets;
mod webhooks;

use async_trait::async_trait;
use docket_contract::timestamp::Timestamp;

pub use accounts::{
    Account, AccountLimits, AccountShare, AccountStore, ApiKey, Balance, KeyHolder, NewApiKey,
};
pub use batches::{Batch, BatchInserted, BatchStore, NewBatch};
pub(crate) use documents::CommonLimit;
pub use documents::{DocumentBytes, DocumentStore};
pub use feed::{Change, ChangeKind, ChangeScope, Feed, FeedBatch, FeedPlace, FeedStore, Serving};
pub use health::HealthStore;
pub use jobs::{
    CancelOutcome, DeleteOutcome, Idempotency, Inserted, JobEvent, JobPage, JobQuery, JobStore,
    ListPlace, NewJob, Rerun, RerunOutcome,
};
pub use overview::{Overview, OverviewStore};
pub use queue::{
    ChargeOutcome, FetchedDocument, ProgressOutcome, ProgressUpdate, QueueDepth, QueueStore,
    RetryPolicy, SettleOutcome, Supplied, SupplyOutcome, Swept,
};
pub use retention::{Expired, RetentionStore};
pub use secrets::SecretStore;
pub use webhooks::{
    AttemptEnd, DeliveryClaim, DeliveryLimits, DeliveryQuery, DeliveryQueue, DeliverySettled,
    EndpointChange, NewEndpoint, Tolerance, Verdict, WebhookStore,
};

pub(crate) use webhooks::VerdictColumns;

use crate::error::Error;

/// All of the store, for the rooms that are handed it whole.
#[async_trait]
pub trait Store:
    JobStore
    + FeedStore
    + BatchStore
    + QueueStore
    + AccountStore
    + SecretStore
    + WebhookStore
    + DeliveryQueue
    + RetentionStore
    + HealthStore
    + DocumentStore
    + OverviewStore
{
    /// Answers if the database does.
    async fn ping(&self) -> Result<(), Error>;

    /// The database's time, without asking it: as of its last answers, and of what has passed since
    /// by a clock that nobody sets.
    fn now(&self) -> Timestamp;

    /// Finishes what is under way and closes every connection.
    async fn close(&self);
}
