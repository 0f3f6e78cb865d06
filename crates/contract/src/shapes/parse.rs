//! The shapes of a parse's options told back, and of what a chunk of text tells of itself.

use schemars::JsonSchema;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::document::BoundingBox;
use crate::spec::ChunkStrategy;

/// All options in effect, under their old and their new names, and every accepted option that
/// changes nothing as it was sent.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct ParseConfiguration {
    /// Accepted; changes nothing.
    pub high_resolution: bool,
    /// When OCR is used.
    pub ocr_strategy: String,
    /// The same, under its other name.
    pub ocr_mode: String,
    /// The engine's name on the wire.
    pub ocr_engine: String,
    /// How a page is cut into segments.
    pub segmentation_strategy: String,
    /// The same, under its newer name.
    pub layout_analysis: String,
    /// The version of it.
    pub segmentation_version: String,
    /// How segments are named.
    pub segment_type_naming: String,
    /// What a page that cannot be read does to the job.
    pub error_handling: String,
    /// How segments are gathered into chunks.
    pub chunk_processing: Map<String, Value>,
    /// Options by kind of segment.
    pub segment_processing: Value,
    /// The same, under its newer name.
    pub segment_analysis: Value,
    /// Options of language models.
    pub llm_processing: Value,
    /// Tables that go on over a page's end become one.
    pub merge_tables: bool,
    /// `all`, or a comma list.
    pub keep_segment_types: String,
    /// Which fields are sent.
    pub output_fields: Map<String, Value>,
}

/// What a chunk of text tells of itself; the later fields depend on the strategy.
#[derive(JsonSchema)]
pub struct ChunkMetadata {
    /// The strategy that cut it.
    pub strategy: ChunkStrategy,
    /// The first 1-based page that it stands on.
    pub page_number: usize,
    /// All of them.
    pub pages: Vec<usize>,
    /// `fixed`: where it begins in the document's text, in characters.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub start_char: Option<usize>,
    /// `fixed`: where it ends, in characters.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub end_char: Option<usize>,
    /// `heading`: the heading that it stands under.
    #[schemars(skip_serializing_if = "is_off", extend("x-nullable" = true))]
    pub heading: Option<String>,
    /// `heading`: the level of that heading, from 1.
    #[schemars(skip_serializing_if = "is_off", extend("x-nullable" = true))]
    pub heading_level: Option<usize>,
    /// `hierarchical`: its id.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub chunk_id: Option<Uuid>,
    /// `hierarchical`: the chunk above it; null at the top.
    #[schemars(skip_serializing_if = "is_off", extend("x-nullable" = true))]
    pub parent_id: Option<Uuid>,
    /// `hierarchical`: its depth, from 1.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// `semantic`, `hybrid`: the kinds of its segments.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub segment_types: Vec<String>,
    /// `semantic`, `hybrid`: where its segments stand.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub bboxes: Vec<ChunkBox>,
}

/// Where a segment of a chunk stands.
#[derive(JsonSchema)]
pub struct ChunkBox {
    /// The 1-based page.
    pub page_number: usize,
    /// The box in units of 1/144 inch from the top left of the page as displayed.
    pub bbox: BoundingBox,
    /// The page's width in these units.
    pub page_width: f64,
    /// The page's height in these units.
    pub page_height: f64,
}
