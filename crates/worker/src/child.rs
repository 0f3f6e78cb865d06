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
mod messages;
mod perform;
mod pool;
mod process;
mod question;
mod recognise;

use docket_jobs::BlobReader;

use crate::memory::MemoryBudget;
use crate::sandbox::Walls;
use crate::settings::SILENCE_MAX;

pub use budget::CpuLimits;
pub(crate) use ending::{ChildError, Limit};
pub use entry::child_main;
pub(crate) use messages::{Inspected, Message, PageProgress, Request};
pub(crate) use pool::ChildPool;
pub use process::ChildCommand;
pub(crate) use process::{EngineChild, within};
pub(crate) use question::{Answer, Asked, Fault, Question};

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
