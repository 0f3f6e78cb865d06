//! Executes jobs: claims them, keeps their leases alive, runs the engine in child processes and
//! hands the outcome back.
//!
//! No document is ever read in this process. Every reader is a child with limits on memory and
//! time, without network and files; killing it is how a job is cancelled.

mod answer;
mod child;
mod execute;
mod execution;
mod fetch;
mod heartbeat;
mod inspect;
mod local;
mod memory;
mod models;
mod pool;
mod sandbox;
mod settings;
mod sweeper;
mod tesseract;
mod turns;
mod webhooks;

pub use child::{ChildCommand, CpuLimits, check_sandbox, child_main};
pub use inspect::EngineInspector;
pub use local::{LocalFailure, LocalParse, parse_local};
pub use memory::MemoryBudget;
pub use pool::{Worker, WorkerHealth};
pub use sandbox::{RecogniserLimits, Sandbox, Walls, recogniser_main};
pub use settings::{FetchSettings, WorkerSettings};
pub use sweeper::run_sweeper;
pub use tesseract::TesseractSettings;
pub use webhooks::{WebhookSettings, run_webhooks};
