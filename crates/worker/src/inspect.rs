//! Inspects documents at submit, in children of its own, so that a node without job slots can do it
//! and running jobs do not delay submits.

use std::time::Duration;

use async_trait::async_trait;
use docket_jobs::{BlobReader, Inspection, Inspector, Look};

use crate::child::{ChildCommand, ChildError, ChildPool, Message, Request};
use crate::memory::MemoryBudget;

/// How long a child may take to read its document.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Counts pages in engine children. How many at a time and for how long, its caller decides: a look
/// that is dropped kills its child.
#[derive(Debug)]
pub struct EngineInspector {
    children: ChildPool,
}

impl EngineInspector {
    /// An inspector that starts its children by this command, each for this many looks, within this
    /// memory.
    #[must_use]
    pub fn new(command: ChildCommand, looks_per_child: u32, memory: MemoryBudget) -> Self {
        Self { children: ChildPool::new(command, looks_per_child, memory) }
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
            Message::Inspected(found) => Inspection {
                page_count: found.page_count,
                media_type: Some(found.media_type),
                is_skipped: false,
            },
            _ => Inspection::default(),
        };
        self.children.give_back(child);
        Ok(inspection)
    }
}

#[async_trait]
impl Inspector for EngineInspector {
    async fn inspect(&self, mut document: BlobReader, look: Look<'_>) -> Inspection {
        match self.look(&mut document, look).await {
            Ok(inspection) => inspection,
            Err(error) => {
                tracing::warn!(%error, "the document could not be inspected");
                Inspection::SKIPPED
            }
        }
    }
}
