//! The service that the verbs belong to: its parts, and what is true of all of them.

use std::sync::Arc;

use docket_contract::JobId;
use docket_contract::timestamp::Timestamp;
use docket_store::{Blobs, Overview, QueueDepth, Store};
use tokio::sync::OnceCell;

use crate::memory::{Memory, QueueGauge, Readiness};
use crate::turns::Turns;
use crate::{Error, Inspector, Policy, RequestOfJob, SpaceWatch};

/// The verbs. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Blobs,
    pub(crate) inspector: Arc<dyn Inspector>,
    pub(crate) inspections: Turns,
    pub(crate) policy: Arc<Policy>,
    pub(crate) link_secret: Arc<OnceCell<[u8; 32]>>,
    pub(crate) session_secret: Arc<OnceCell<[u8; 32]>>,
    pub(crate) queue_gauge: Arc<QueueGauge>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) space: Option<Arc<SpaceWatch>>,
    pub(crate) memory: Arc<Memory>,
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
        let memory = Memory::new(policy.status_memory_bytes_max);
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
        self.memory.requests.note(job, request);
    }

    /// The request that made a job, if this process answered it lately.
    #[must_use]
    pub fn request_of(&self, job: JobId) -> Option<Arc<RequestOfJob>> {
        self.memory.requests.get(job)
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
