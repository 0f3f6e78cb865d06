//! The ground floor: ids, job states, specs, the document model and the bodies of the wire.
//!
//! Plain values and their serde only. Nothing here does I/O, and nothing here knows a database,
//! an HTTP framework or a PDF library.
#![deny(missing_docs)]

pub mod citations;
pub mod document;
pub mod fields;
pub mod format;
pub mod ids;
pub mod job;
mod job_type;
pub mod problem;
pub mod results;
pub mod shapes;
pub mod shown;
pub mod spec;
pub mod state;
pub mod status;
pub mod stored;
pub mod timestamp;
pub mod webhook;
pub mod wire;

pub use document::{
    BoundingBox, Chunk, EmbeddedWord, ParseResult, Segment, SegmentType, Warning, WarningCode,
};
pub use format::Format;
pub use ids::{BlobKey, ClaimToken, JobId, UserId, WorkerId};
pub use job::{DocumentInfo, Failure, FailureCode, Job, JobType, PageCounts, Stage};
pub use spec::{JobSpec, ParseSpec};
pub use state::JobState;
