//! The children of one command: idle ones and new ones, within the memory of the process.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::{ChildCommand, ChildError, EngineChild};
use crate::memory::{Idle, MemoryBudget};

/// Children that wait for the next request.
#[derive(Debug)]
pub(crate) struct ChildPool {
    command: ChildCommand,
    jobs_max: u32,
    memory: MemoryBudget,
    idle: Arc<IdleChildren>,
}

#[derive(Debug, Default)]
struct IdleChildren(Mutex<Vec<EngineChild>>);

impl Idle for IdleChildren {
    fn end_one(&self) -> bool {
        self.pop().is_some()
    }
}

impl IdleChildren {
    fn pop(&self) -> Option<EngineChild> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl ChildPool {
    pub(crate) fn new(command: ChildCommand, jobs_max: u32, memory: MemoryBudget) -> Self {
        let idle = Arc::new(IdleChildren::default());
        let weak: Weak<IdleChildren> = Arc::downgrade(&idle);
        memory.register(weak);
        Self { command, jobs_max, memory, idle }
    }

    /// A warm child, or a new one as soon as there is memory for it.
    pub(crate) async fn take(&self) -> Result<EngineChild, ChildError> {
        match self.idle.pop() {
            Some(child) => Ok(child),
            None => self.start().await,
        }
    }

    /// A new child as soon as there is memory for it.
    pub(crate) async fn start(&self) -> Result<EngineChild, ChildError> {
        let memory = self.memory.for_child(self.command.memory_bytes).await;
        EngineChild::start(&self.command, memory)
    }

    /// Takes a child back after a complete answer. One that was not given back dies when dropped, as
    /// does one whose memory is waited for.
    pub(crate) fn give_back(&self, child: EngineChild) {
        if child.requests < self.jobs_max && !self.memory.is_short() {
            self.idle.0.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        }
    }
}
