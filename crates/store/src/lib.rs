//! Everything durable: jobs, queue, accounts and keys in SQLite or Postgres, documents and results
//! as blobs. The only room that knows SQL.
//!
//! [`open`] gives the one interface ([`Store`]) over the driver that the configuration names; the
//! drivers are private and held equal by one conformance suite.

mod blobs;
mod claim;
mod clock;
mod config;
mod error;
mod interface;
mod ledger;
mod postgres;
mod rows;
mod shares;
mod sqlite;

pub use blobs::{BlobError, BlobRange, BlobReader, BlobWriter, Blobs, BlobsConfig, BucketConfig};
pub use claim::{Claim, Settlement, Unsettled};
pub use clock::{Clock, TestClock};
pub use config::{DatabaseConfig, StoreConfig, check_embedded, copy_embedded, open};
pub use error::{Error, OpenError, WriteFault};
pub use interface::{
    Account, AccountLimits, AccountShare, AccountStore, ApiKey, Balance, Batch, BatchInserted,
    BatchStore, CancelOutcome, Change, ChangeKind, ChangeScope, ChargeOutcome, DeleteOutcome,
    DocumentBytes, DocumentStore, Expired, Feed, FeedBatch, FeedPlace, FeedStore, FetchedDocument,
    HealthStore, Idempotency, Inserted, JobEvent, JobPage, JobQuery, JobStore, KeyHolder,
    ListPlace, NewApiKey, NewBatch, NewJob, ProgressOutcome, ProgressUpdate, QueueDepth,
    QueueStore, Rerun, RerunOutcome, RetentionStore, RetryPolicy, SecretStore, Serving,
    SettleOutcome, Store, Supplied, SupplyOutcome, Swept,
};
pub use interface::{
    AttemptEnd, DeliveryClaim, DeliveryLimits, DeliveryQuery, DeliveryQueue, DeliverySettled,
    EndpointChange, NewEndpoint, Overview, OverviewStore, Tolerance, Verdict, WebhookStore,
};
pub use shares::ExpectedOrder;
