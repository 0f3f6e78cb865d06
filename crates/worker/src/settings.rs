//! The numbers of a worker process, each a setting.

use std::time::Duration;

use crate::child::ChildCommand;
use crate::tesseract::TesseractSettings;

/// How a worker process behaves. The defaults are the design's.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Jobs executed at the same time.
    pub slots: usize,
    /// How children are started.
    pub child: ChildCommand,
    /// Jobs after which a child is replaced.
    pub child_jobs_max: u32,
    /// Processor time that one page may take.
    pub page_cpu: Duration,
    /// Threads that read the pages of a document; documents that are read at the same time share
    /// them.
    pub page_threads: usize,
    /// Time that a child may stay silent, on a page or while it takes in a document; longer, and it
    /// counts as lost. Where several threads read pages, each has this time.
    pub silence_max: Duration,
    /// Bytes that a result may have.
    pub result_bytes_max: u64,
    /// How often the queue is looked at without a hint.
    pub poll: Duration,
    /// The shortest time between two progress writes of a job.
    pub progress_every: Duration,
    /// How long running jobs may go on after a shutdown was asked for.
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
        Self {
            slots: 2,
            child,
            child_jobs_max: 100,
            page_cpu: Duration::from_secs(60),
            page_threads: 1,
            silence_max: Duration::from_secs(180),
            result_bytes_max: 1024 * 1024 * 1024,
            poll: Duration::from_millis(250),
            progress_every: Duration::from_millis(500),
            grace: Duration::from_secs(30),
            tesseract: TesseractSettings::new("tesseract".into()),
            fetch: FetchSettings::default(),
        }
    }
}
