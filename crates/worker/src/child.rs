//! Engine children: separate processes in which documents are read.
//!
//! Parent and child speak over the child's standard input and output in frames: a length of four
//! bytes (little endian), one byte for the kind, then the payload. A request is a `Request` frame
//! (several if it is long: each full one is followed by a further one) and the document in `Data` frames up to an `End`; the child answers with `Progress`
//! frames, the result in `Data` frames, each of its files in a `File` and `Data` frames, and one `Done`, `Inspected` or `Failed`.
//!
//! In between it may ask its parent for work of a model: one or several questions, each a `Question`
//! and its payload in `Data` frames up to an `End`. The parent answers in their order, each with an
//! `Answer` and its payload in `Data` frames up to an `End`. The frames are the same for every kind
//! of question; a parent that does not offer a kind answers so.

mod budget;
mod ending;
mod entry;
mod frame;
mod perform;
mod pool;
mod process;
mod question;
mod recognise;

use docket_contract::job::Failure;
use docket_contract::spec::JobSpec;
use docket_jobs::BlobReader;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::memory::MemoryBudget;
use crate::sandbox::Walls;
use crate::settings::SILENCE_MAX;

pub use budget::CpuLimits;
pub(crate) use ending::{ChildError, Limit};
pub use entry::child_main;
pub(crate) use pool::ChildPool;
pub use process::ChildCommand;
pub(crate) use process::{EngineChild, within};
pub(crate) use question::{Answer, Asked, Fault, Question};

/// The request to a child, about the document that follows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Report the parts of its sandbox. The document is ignored.
    Walls,
    /// Count its pages.
    Inspect {
        /// Opens it.
        password: Option<String>,
        /// The media type that its sender declares.
        media_type: String,
    },
    /// Do a job on it.
    Execute {
        /// Which.
        spec: Box<JobSpec>,
        /// Opens it.
        password: Option<String>,
        /// The media type that its sender declares.
        media_type: String,
        /// The namespace of the ids in the result.
        namespace: Uuid,
        /// Processor time that it may take.
        cpu: CpuLimits,
        /// Threads that may read its pages.
        page_threads: usize,
        /// Pictures that it may ask about at the same time.
        ocr_parallel: usize,
    },
}

/// How far a parse is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageProgress {
    pub(crate) done: i32,
    pub(crate) failed: i32,
    pub(crate) selected: i32,
    pub(crate) total: i32,
}

/// The result of an inspection of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inspected {
    /// `None` if only reading the whole document shows it.
    pub(crate) page_count: Option<i32>,
    pub(crate) media_type: String,
}

/// One message of a child.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    Progress(PageProgress),
    Data(bytes::Bytes),
    /// It waits for the answers to these questions.
    Questions(Vec<Asked>),
    /// The data that follows is a file of the result.
    File(Uuid),
    Done(PageProgress),
    Inspected(Inspected),
    Walls(Walls),
    Failed(Failure),
}

/// Starts a child and asks for the parts of its sandbox.
///
/// # Errors
/// If it cannot be started, or cannot be confined as its command requires; in words for people.
pub async fn check_sandbox(command: &ChildCommand) -> Result<Walls, String> {
    let pool = ChildPool::new(command.clone(), 1, MemoryBudget::unlimited());
    let asked = async {
        let mut child = pool.take().await?;
        let mut nothing = BlobReader::in_memory(bytes::Bytes::new());
        child.ask(&Request::Walls, &mut nothing, SILENCE_MAX).await?;
        within(SILENCE_MAX, child.next()).await
    };
    match asked.await {
        Ok(Message::Walls(walls)) => Ok(walls),
        Ok(_) => Err("an engine child answered another question".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
