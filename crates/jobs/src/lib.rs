//! The domain: the operations on jobs and their rules.
//!
//! One file per verb. `server` calls the verbs of clients, `worker` those of workers; both reach
//! the store only through here. Nothing here knows HTTP.

mod account_changes;
mod accounts;
mod batch;
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
mod office;
mod policy;
mod public_host;
mod queue_limit;
mod readiness;
mod rerun;
mod sessions;
mod space;
mod spans;
mod status;
mod submit;
mod sweep;
mod turns;
mod upload;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use docket_contract::JobId;
use docket_contract::timestamp::Timestamp;
use quick_cache::sync::Cache;
use tokio::sync::OnceCell;

use queue_limit::QueueGauge;
use readiness::Readiness;
use status::{KeyCache, QueueOrder, StatusCache, Watchers};
use turns::Turns;

pub use docket_store::{
    Account, AccountLimits, AccountShare, ApiKey, Balance, Batch, BlobError, BlobRange, BlobReader,
    BlobWriter, Blobs, Change, ChangeKind, ChargeOutcome, Claim, DocumentBytes, Feed,
    FetchedDocument, JobPage, ListPlace, ProgressOutcome, ProgressUpdate, QueueDepth, Serving,
    Store, Swept,
};
pub use docket_store::{DeliveryClaim, EndpointChange, Overview, Tolerance};

pub use account_changes::{AccountChange, AccountChanges};
pub use accounts::{Caller, FreshKey};
pub use batch::BatchSubmit;
pub use cancel::Ended;
pub use document::{Expected, Upload, Uploaded, fetched_media_type};
pub use error::Error;
pub use execute::{Settled, StoredResult};
pub use expire::Removed;
pub use find::{Finished, ListRequest};
pub use inspect::{Inspection, Inspector, Look, NoInspector};
pub use links::{LinkSigner, Linked, LinkedFile};
pub use measure::{count_child_end, describe_metrics};
pub use policy::Policy;
pub use public_host::is_public;
pub use readiness::NotReady;
pub use rerun::RerunRequest;
pub use sessions::SESSION_LIFETIME_S;
pub use space::{FreeBytes, SpaceWatch};
pub use spans::{Span, SpanKind, TraceContext, are_spans_received, receive_spans, record_span};
pub use status::{FRESH_FOR, JobWatch, MemoryNumbers, Place, Status};
pub use submit::{IdempotencyRequest, Source, Submit, Submitted};
pub use upload::announced_media_type;
pub use webhooks::{
    AttemptOutcome, AttemptResult, DeliveryPage, NewEndpointRequest, Refusal, SecretText,
    SignedMessage, WebhookPolicy, sign, verify,
};

/// The verbs. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    store: Arc<dyn Store>,
    blobs: Blobs,
    inspector: Arc<dyn Inspector>,
    inspections: Turns,
    policy: Arc<Policy>,
    link_secret: Arc<OnceCell<[u8; 32]>>,
    session_secret: Arc<OnceCell<[u8; 32]>>,
    queue_gauge: Arc<QueueGauge>,
    readiness: Arc<Readiness>,
    space: Option<Arc<SpaceWatch>>,
    memory: Arc<Memory>,
}

/// Requests that are kept for the lines of their jobs.
const REQUESTS_KEPT: usize = 10_000;

/// The request that made a job.
#[derive(Clone, Debug)]
pub struct RequestOfJob {
    /// Its `X-Request-Id`.
    pub id: String,
    /// Its span.
    pub trace: Option<TraceContext>,
}

/// The caches of this process, and the watchers in it.
struct Memory {
    statuses: StatusCache,
    keys: KeyCache,
    queue_order: QueueOrder,
    requests: Cache<JobId, Arc<RequestOfJob>>,
    watchers: Arc<Watchers>,
    delivered_seq: AtomicI64,
    settled_seq: AtomicI64,
}

impl Jobs {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        blobs: Blobs,
        inspector: Arc<dyn Inspector>,
        policy: Policy,
    ) -> Self {
        let memory = Memory {
            statuses: StatusCache::new(policy.status_memory_bytes_max),
            keys: KeyCache::new(),
            queue_order: QueueOrder::default(),
            requests: Cache::new(REQUESTS_KEPT),
            watchers: Arc::default(),
            delivered_seq: AtomicI64::default(),
            settled_seq: AtomicI64::default(),
        };
        let inspections = Turns::new(policy.inspections_max, policy.account_inspections_max);
        store.limit_documents(policy.account_document_bytes_max);
        store.limit_running(policy.running_max);
        let (policy, memory) = (Arc::new(policy), Arc::new(memory));
        Self {
            store,
            blobs,
            inspector,
            inspections,
            policy,
            link_secret: Arc::default(),
            session_secret: Arc::default(),
            queue_gauge: Arc::default(),
            readiness: Arc::default(),
            space: None,
            memory,
        }
    }

    /// Accepts documents only while the disks keep the free space of `watch`.
    #[must_use]
    pub fn watching_space(self, watch: SpaceWatch) -> Self {
        Self { space: Some(Arc::new(watch)), ..self }
    }

    /// The bytes that are free on the disks that jobs fill, each with its folder.
    #[must_use]
    pub fn free_space(&self) -> Vec<(&std::path::Path, u64)> {
        self.space.as_ref().map(|space| space.free()).unwrap_or_default()
    }

    /// Keeps the request that made a job, for the log and the traces of this process.
    pub fn note_request(&self, job: JobId, request: RequestOfJob) {
        self.memory.requests.insert(job, Arc::new(request));
    }

    /// The request that made a job, if this process answered it lately.
    #[must_use]
    pub fn request_of(&self, job: JobId) -> Option<Arc<RequestOfJob>> {
        self.memory.requests.get(&job)
    }

    /// An error if there is too little free space for more documents.
    pub(crate) fn check_space(&self) -> Result<(), Error> {
        self.space.as_ref().map_or(Ok(()), |space| space.check())
    }

    /// The numbers in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The database's time. Whatever is signed, expires or is compared with an instant of the
    /// database uses it: this node's own clock may be wrong.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// Answers if the database does.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.store.ping().await?)
    }

    /// The state of the queues, over all accounts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn overview(&self) -> Result<Overview, Error> {
        Ok(self.store.overview().await?)
    }

    /// Jobs waiting and running.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_depth(&self) -> Result<QueueDepth, Error> {
        Ok(self.store.queue_depth().await?)
    }
}
