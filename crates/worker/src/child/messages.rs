//! What parent and child say to each other.

use docket_contract::job::Failure;
use docket_contract::spec::JobSpec;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::budget::CpuLimits;
use super::question::Asked;
use crate::sandbox::Walls;

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
