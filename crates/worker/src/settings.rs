//! The limits and times of a worker process, each a setting.

use std::time::Duration;

use crate::child::{ChildCommand, CpuLimits};
use crate::memory::MemoryBudget;
use crate::tesseract::TesseractSettings;

/// Six times the processor time of a document: a busy machine may take so long to give it.
pub(crate) const SILENCE_MAX: Duration = Duration::from_secs(120);

/// How a worker process behaves. The defaults are the design's.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Jobs executed at the same time.
    pub slots: usize,
    /// How children are started.
    pub child: ChildCommand,
    /// Memory of all children and recognisers of the process.
    pub memory: MemoryBudget,
    /// Jobs after which a child is replaced.
    pub child_jobs_max: u32,
    /// Processor time that a document may take.
    pub cpu: CpuLimits,
    /// Threads that read the pages of a document; documents that are read at the same time share
    /// them.
    pub page_threads: usize,
    /// Wall time that a child may stay silent, on a page or while it takes in a document; longer, and
    /// its job fails.
    pub silence_max: Duration,
    /// Bytes that a result may have.
    pub result_bytes_max: u64,
    /// How often the queue is looked at without a hint.
    pub poll: Duration,
    /// The shortest time between two progress writes of a job.
    pub progress_every: Duration,
    /// How long running jobs may continue after the start of a shutdown.
    pub grace: Duration,
    /// Reading of pictures.
    pub tesseract: TesseractSettings,
    /// Fetching of documents by URL.
    pub fetch: FetchSettings,
}

/// Limits on fetching a document by URL.
#[derive(Clone, Debug)]
pub struct FetchSettings {
    /// Lets addresses of private networks and of this host be fetched.
    pub allow_private_hosts: bool,
    /// For the whole fetch, redirects included.
    pub timeout: Duration,
    /// Redirects that are followed.
    pub redirects_max: usize,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self { allow_private_hosts: false, timeout: Duration::from_secs(120), redirects_max: 5 }
    }
}

impl WorkerSettings {
    /// The defaults, with children started by this command.
    #[must_use]
    pub fn new(child: ChildCommand) -> Self {
        let tesseract = TesseractSettings::new(child.program.clone(), "tesseract".into());
        Self {
            slots: 2,
            child,
            memory: MemoryBudget::unlimited(),
            child_jobs_max: 100,
            cpu: CpuLimits::default(),
            page_threads: 1,
            silence_max: SILENCE_MAX,
            result_bytes_max: 1024 * 1024 * 1024,
            poll: Duration::from_millis(250),
            progress_every: Duration::from_millis(500),
            grace: Duration::from_secs(30),
            tesseract,
            fetch: FetchSettings::default(),
        }
    }

    /// Slots for which there is memory, and room for a look at a document that is submitted.
    #[must_use]
    pub fn slots_with_memory(&self) -> usize {
        let children = self.memory.children_max(self.child.memory_bytes);
        self.slots.min(children.saturating_sub(1)).max(1)
    }
}
