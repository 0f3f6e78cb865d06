//! Looks at documents at submit, in children of its own, so that a node without job slots does it
//! too and running jobs do not keep submits waiting.

use std::time::Duration;

use async_trait::async_trait;
use docket_jobs::{BlobReader, Inspection, Inspector, Look};
use tokio::sync::Semaphore;

use crate::child::{ChildCommand, ChildError, ChildPool, Message, Request};
use crate::memory::MemoryBudget;

/// Time that one look may take; longer, and the job finds out for itself.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Documents looked at at the same time.
const LOOKS_MAX: usize = 4;

/// Counts pages in engine children.
#[derive(Debug)]
pub struct EngineInspector {
    children: ChildPool,
    looks: Semaphore,
}

impl EngineInspector {
    /// An inspector that starts its children by this command, each for this many looks, within this
    /// memory.
    #[must_use]
    pub fn new(command: ChildCommand, looks_per_child: u32, memory: MemoryBudget) -> Self {
        Self {
            children: ChildPool::new(command, looks_per_child, memory),
            looks: Semaphore::new(LOOKS_MAX),
        }
    }

    async fn look(
        &self,
        document: &mut BlobReader,
        look: Look<'_>,
    ) -> Result<Inspection, ChildError> {
        let mut child = self.children.take().await?;
        let request = Request::Inspect {
            password: look.password.map(str::to_owned),
            media_type: look.media_type.to_owned(),
        };
        child.ask(&request, document, LOOK_TIMEOUT).await?;
        let inspection = match child.next().await? {
            Message::Inspected(found) => {
                Inspection { page_count: found.page_count, media_type: Some(found.media_type) }
            }
            _ => Inspection::default(),
        };
        self.children.give_back(child);
        Ok(inspection)
    }
}

#[async_trait]
impl Inspector for EngineInspector {
    async fn inspect(&self, mut document: BlobReader, look: Look<'_>) -> Inspection {
        let Ok(_permit) = self.looks.acquire().await else {
            return Inspection::default();
        };
        match tokio::time::timeout(LOOK_TIMEOUT, self.look(&mut document, look)).await {
            Ok(Ok(inspection)) => inspection,
            Ok(Err(error)) => {
                tracing::warn!(%error, "document could not be looked at");
                Inspection::default()
            }
            Err(_) => {
                tracing::warn!("looking at a document took too long");
                Inspection::default()
            }
        }
    }
}
