//! The domain: what may happen to a job, and who decides it.
//!
//! One file per verb. `server` calls the verbs of clients, `worker` those of workers; both reach
//! the store only through here. Nothing here knows HTTP.

mod accounts;
mod batch;
mod cancel;
mod document;
mod error;
mod execute;
mod expire;
mod find;
mod inspect;
mod links;
mod office;
mod policy;
mod queue_limit;
mod rerun;
mod submit;
mod sweep;
mod upload;
mod webhooks;

use std::sync::Arc;

use tokio::sync::OnceCell;

use queue_limit::QueueGauge;

pub use docket_store::{
    AccountLimits, ApiKey, Balance, Batch, BlobError, BlobRange, BlobReader, BlobWriter, Blobs,
    ChargeOutcome, Claim, FetchedDocument, JobPage, ProgressOutcome, ProgressUpdate, QueueDepth,
    Store, Swept,
};
pub use docket_store::{DeliveryClaim, EndpointChange};

pub use accounts::{Caller, FreshKey};
pub use batch::BatchSubmit;
pub use cancel::Ended;
pub use document::{Expected, Upload, Uploaded};
pub use error::Error;
pub use execute::{Settled, StoredResult};
pub use find::{Finished, ListRequest};
pub use inspect::{Inspection, Inspector, NoInspector};
pub use links::{LinkSigner, Linked, LinkedFile};
pub use policy::Policy;
pub use rerun::RerunRequest;
pub use submit::{IdempotencyRequest, Source, Submit, Submitted};
pub use upload::announced_media_type;
pub use webhooks::{
    AttemptResult, DeliveryPage, EndpointWish, Refusal, SecretText, SignedMessage, Told,
    WebhookPolicy, sign, verify,
};

/// The verbs. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    store: Arc<dyn Store>,
    blobs: Blobs,
    inspector: Arc<dyn Inspector>,
    policy: Arc<Policy>,
    link_secret: Arc<OnceCell<[u8; 32]>>,
    queue_gauge: Arc<QueueGauge>,
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
        Self {
            store,
            blobs,
            inspector,
            policy: Arc::new(policy),
            link_secret: Arc::default(),
            queue_gauge: Arc::default(),
        }
    }

    /// The numbers in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Answers if the database does.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.store.ping().await?)
    }

    /// Jobs waiting and running.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_depth(&self) -> Result<QueueDepth, Error> {
        Ok(self.store.queue_depth().await?)
    }
}
