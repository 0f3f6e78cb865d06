//! The shapes of bodies that are built as free JSON, for the document that describes the API.
//!
//! Nothing here is ever made: the values come from `wire` and `problem`, and the tests hold every
//! answer of the server against these shapes.

pub mod account;
pub mod created;
pub mod extract;
pub mod pages;
pub mod parse;
pub mod problems;

use schemars::JsonSchema;

pub use extract::{ExtractMetadata, ExtractedEntry};
pub use pages::{Classification, Split, SplitParameters};
pub use parse::{ChunkMetadata, ParseConfiguration};

use crate::document::ParseResult;
use crate::results::ChunkResult;
use crate::state::{ExtractWord, JobsWord, PagesWord, ParseWord};

/// The result of a job of any kind.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum AnyResult {
    /// Of a parse.
    Parse(ParseResult),
    /// Of a chunking.
    Chunks(ChunkResult),
    /// Of a classification.
    Classes(Classification),
    /// Of a split.
    Parts(Split),
    /// Of an extraction: one entry per property of its schema.
    Values(std::collections::BTreeMap<String, ExtractedEntry>),
}

/// The location of a value of an extraction.
#[derive(JsonSchema)]
pub struct ResultCitation {
    /// The property's name.
    pub field: String,
    /// The words at this location.
    pub text: String,
    /// The 1-based page.
    pub page: usize,
    /// Left, top, right, bottom in points from the top left of the page.
    pub bbox: [f64; 4],
}

/// The word of a job in its own family.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum FamilyWord {
    /// Of a parse.
    Parse(ParseWord),
    /// Of an extraction.
    Extract(ExtractWord),
    /// Of a classification or a split.
    Pages(PagesWord),
    /// Of a chunking.
    Jobs(JobsWord),
}
