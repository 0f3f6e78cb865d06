//! The shapes of a parse's echoed options, and of the metadata of a text chunk.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use uuid::Uuid;

use crate::document::BoundingBox;
use crate::fields::configuration_schema;
use crate::spec::ChunkStrategy;

/// All options in effect, each under all of its names, and every option without effect as it was
/// sent.
pub struct ParseConfiguration;

impl JsonSchema for ParseConfiguration {
    fn schema_name() -> Cow<'static, str> {
        "ParseConfiguration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::from(configuration_schema())
    }
}

/// The metadata of a text chunk; the later fields depend on the strategy.
#[derive(JsonSchema)]
pub struct ChunkMetadata {
    /// The strategy that cut it.
    pub strategy: ChunkStrategy,
    /// The first of its pages, from 1.
    pub page_number: usize,
    /// All of them.
    pub pages: Vec<usize>,
    /// `fixed`: where it begins in the document's text, in characters.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub start_char: Option<usize>,
    /// `fixed`: where it ends, in characters.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub end_char: Option<usize>,
    /// `heading`: the heading above it.
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
