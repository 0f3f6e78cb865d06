//! The shapes of extracted values in their two forms.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::document::Warning;

/// What was found for one property of the schema.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum ExtractedEntry {
    /// The default form.
    Flat(FlatEntry),
    /// The newer form, if requested.
    Scored(ScoredEntry),
}

/// A value with its score and location. The `value` of a nested object has entries like this one; a
/// list of objects has rows of plain cells, each row with its own `page_no` and `bboxes`.
#[derive(JsonSchema)]
pub struct FlatEntry {
    /// The value in the type of the schema; null if nothing fits.
    pub value: Value,
    /// 0 (nothing fits) to 1 (certain).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub score: f64,
    /// Its page, from 1; null if nothing fits.
    pub page_no: Option<usize>,
    /// The words that it was taken from; only with citations.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub bboxes: Vec<FlatBox>,
    /// One box around them, or null; only with citations.
    #[schemars(skip_serializing_if = "is_off", extend("x-nullable" = true))]
    pub citation: Option<Citation>,
}

/// Words on a page.
#[derive(JsonSchema)]
pub struct FlatBox {
    /// Left, top, right, bottom in points from the top left of the page as displayed.
    pub bbox: [f64; 4],
    /// The words.
    pub text: String,
    /// What the box is around: words (`ocr`) or a whole block.
    #[serde(rename = "type")]
    pub kind: BoxKind,
    /// Confidence of the characters, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: Option<f64>,
    /// The page's width in points.
    pub page_width: f64,
    /// The page's height in points.
    pub page_height: f64,
}

/// What a box is around.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BoxKind {
    /// Words.
    Ocr,
    /// A block.
    Segment,
}

/// The place of a value.
#[derive(JsonSchema)]
pub struct Citation {
    /// Left, top, right, bottom in points from the top left of the page as displayed.
    pub bbox: [f64; 4],
    /// The 1-based page.
    pub page: usize,
    /// The page's width in points.
    pub page_width: f64,
    /// The page's height in points.
    pub page_height: f64,
}

/// A value in the scored form: every cell of a row is an entry, every item of a list is in
/// `__value__`.
#[derive(JsonSchema)]
pub struct ScoredEntry {
    /// The value in the type of the schema; null if nothing fits.
    pub value: Value,
    /// The confidence.
    pub score: Score,
    /// Its location; null if nothing fits.
    pub citation: Option<Citation>,
}

/// The confidence of a value.
#[derive(JsonSchema)]
pub struct Score {
    /// How well it is grounded in the document, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub grounding_score: f64,
    /// Confidence of the model, 0 to 1; null without a model.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub extraction_score: Option<f64>,
}

/// Metadata of an extraction.
#[derive(JsonSchema)]
pub struct ExtractMetadata {
    /// The properties' names in the schema's order.
    pub order: Vec<String>,
    /// The schema as it was sent.
    pub schema: Map<String, Value>,
    /// The client's name for the schema.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub schema_name: Option<String>,
    /// Pages of the document, once known.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<usize>,
    /// The smallest score of all values; when completed.
    #[schemars(skip_serializing_if = "Option::is_none", range(min = 0.0, max = 1.0))]
    pub min_confidence_score: Option<f64>,
    /// What went wrong without failing the job.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Pages that could not be read.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub failed_pages: Vec<usize>,
}

/// The values of an extraction by their properties' names.
pub type ExtractedValues = BTreeMap<String, ExtractedEntry>;
