//! The domain: the operations on jobs and their rules.
//!
//! One file per verb. `server` calls the verbs of clients, `worker` those of workers; both reach
//! the store only through here. Nothing here knows HTTP.

mod account_changes;
mod accounts;
mod batch;
mod caller;
mod cancel;
mod document;
mod error;
mod execute;
mod expire;
mod find;
mod follow;
mod inspect;
mod links;
mod measure;
mod memory;
mod office;
mod policy;
mod public_host;
mod queue_limit;
mod readiness;
mod rerun;
mod selected_pages;
mod service;
mod sessions;
mod space;
mod spans;
mod status;
mod submit;
mod sweep;
mod turns;
mod upload;
mod webhooks;

pub use docket_store::{
    Account, AccountLimits, AccountShare, ApiKey, Balance, Batch, BlobError, BlobRange, BlobReader,
    BlobWriter, Blobs, Change, ChangeKind, ChargeOutcome, Claim, DocumentBytes, Feed,
    FetchedDocument, JobPage, ListPlace, ProgressOutcome, ProgressUpdate, QueueDepth, Serving,
    Store, Swept,
};
pub use docket_store::{DeliveryClaim, EndpointChange, Overview, Tolerance};

pub use account_changes::AccountChanges;
pub use accounts::FreshKey;
pub use batch::BatchSubmit;
pub use caller::Caller;
pub use cancel::Ended;
pub use document::{Expected, Upload, Uploaded, fetched_media_type};
pub use error::Error;
pub use execute::{Settled, StoredResult};
pub use expire::Removed;
pub use find::{Finished, ListRequest};
pub use inspect::{Inspection, Inspector, Look, NoInspector};
pub use links::{LinkSigner, Linked, LinkedFile};
pub use measure::{count_child_end, describe_metrics};
pub use memory::{
    AccountChange, FRESH_FOR, JobWatch, MemoryNumbers, NotReady, Place, RequestOfJob, Status,
};
pub use policy::{Policy, WebhookPolicy};
pub use public_host::is_public;
pub use rerun::RerunRequest;
pub use service::Jobs;
pub use sessions::SESSION_LIFETIME_S;
pub use space::{FreeBytes, SpaceWatch};
pub use spans::{Span, SpanKind, TraceContext, are_spans_received, receive_spans, record_span};
pub use submit::{IdempotencyRequest, Source, Submit, Submitted};
pub use upload::announced_media_type;
pub use webhooks::{
    AttemptOutcome, AttemptResult, DeliveryPage, NewEndpointRequest, Refusal, SecretText,
    SignedMessage, sign, verify,
};
