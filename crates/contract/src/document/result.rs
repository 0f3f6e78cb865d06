//! The result of a parse.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::other_tables::OtherTables;
use super::segment::{Chunk, SegmentType};
use super::warning::{PageCoverage, Warning};
use crate::citations::Bibliography;

/// The result of a parse job: chunks in reading order, pages ascending.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParseResult {
    /// Number of entries of `chunks`.
    pub total_chunks: usize,
    /// Pages of the whole document, also those that were not requested.
    pub page_count: usize,
    /// The chunks.
    pub chunks: Vec<Chunk>,
    /// What went wrong without failing the job.
    pub warnings: Vec<Warning>,
    /// Numbers of pages that could not be read, from 1, ascending.
    pub failed_pages: Vec<usize>,
    /// How much of each page is in the segments, pages ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<PageCoverage>,
    /// Its bibliography, if requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bibliography: Option<Bibliography>,
    /// Tables over several pages, in the form that was not requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_tables: Vec<OtherTables>,
}

impl ParseResult {
    /// Drops the segments of other kinds, and the chunks that are left empty. What stays of a
    /// chunk's `embed` is the Markdown of its remaining segments.
    pub fn retain_types(&mut self, kept: &[SegmentType]) {
        self.chunks.retain_mut(|chunk| chunk.retain_types(kept));
        self.total_chunks = self.chunks.len();
    }
}

/// The ids of the pictures that a stored parse names; all else in it is skipped.
///
/// # Errors
/// If it is no stored parse.
pub fn stored_pictures(stored: &[u8]) -> serde_json::Result<Vec<Uuid>> {
    #[derive(Deserialize)]
    struct Whole {
        chunks: Vec<Part>,
        #[serde(default)]
        other_tables: Vec<Part>,
    }
    #[derive(Deserialize)]
    struct Part {
        segments: Vec<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        image: Option<Uuid>,
    }
    let whole: Whole = serde_json::from_slice(stored)?;
    let parts = whole.chunks.into_iter().chain(whole.other_tables);
    let segments = parts.flat_map(|part| part.segments);
    Ok(segments.filter_map(|segment| segment.image).collect())
}
