//! What the jobs on a parsed document leave behind: the stored results of extraction, chunking,
//! classification and splitting, from which each family makes its own answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::document::Warning;
use crate::shapes::ChunkMetadata;
use crate::spec::ChunkStrategy;

/// The result of an extraction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExtractResult {
    /// One entry per property of the schema, in its order.
    pub fields: Vec<ExtractedField>,
    /// Pages of the document.
    pub page_count: usize,
    /// What went wrong without failing the job.
    pub warnings: Vec<Warning>,
    /// Pages that could not be read.
    pub failed_pages: Vec<usize>,
}

/// A property with what was found for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExtractedField {
    /// The property's name.
    pub name: String,
    /// What was found.
    pub found: Extracted,
}

/// A value and how well it is grounded in the document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    /// The value; [`ExtractedValue::Missing`] where nothing fits.
    pub value: ExtractedValue,
    /// 0 (nothing fits) to 1 (certain).
    pub score: f64,
    /// The 1-based page of the first box.
    pub page: Option<usize>,
    /// The very words that the value was taken from.
    pub boxes: Vec<GroundedBox>,
}

/// A value in the type that the schema asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtractedValue {
    /// Nothing fits.
    #[default]
    Missing,
    /// A string, number, boolean or null of the schema's type.
    Scalar(Value),
    /// A list of scalars, each grounded on its own.
    Scalars(Vec<Extracted>),
    /// A nested object: its properties in the schema's order.
    Object(Vec<ExtractedField>),
    /// A list of objects: each row has the item's properties in the schema's order.
    Rows(Vec<Vec<ExtractedField>>),
}

/// Where a value stands: a box around words of one line or block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroundedBox {
    /// The 1-based page.
    pub page: usize,
    /// Left, top, right, bottom in points (1/72 inch) from the top left of the page as displayed.
    pub bbox: [f64; 4],
    /// The words at this location.
    pub text: String,
    /// How sure their characters are, 0 to 1: 1 for a text layer.
    pub confidence: f64,
    /// The page's width in points.
    pub page_width: f64,
    /// The page's height in points.
    pub page_height: f64,
}

/// The result of a chunking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChunkResult {
    /// `pdf` and so on.
    pub file_type: String,
    /// The requested strategy.
    #[schemars(with = "ChunkStrategy")]
    pub strategy: String,
    /// Number of entries of `chunks`.
    pub total_chunks: usize,
    /// Mean length in characters.
    pub avg_chunk_size: f64,
    /// The chunks in reading order. Joined without their overlap they are the document's text:
    /// the `content` of its segments joined by blank lines, counted in Unicode code points.
    pub chunks: Vec<TextChunk>,
    /// What went wrong without failing the job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Pages that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_pages: Vec<usize>,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextChunk {
    /// The piece.
    pub text: String,
    /// `strategy`, `page_number`, `pages`, and what the strategy adds.
    #[schemars(with = "ChunkMetadata")]
    pub metadata: Map<String, Value>,
}

/// The result of a classification.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassifyResult {
    /// The best category's name.
    pub classification: String,
    /// Confidence, 0 to 1.
    pub confidence: f64,
    /// Pages of the document.
    pub page_count: usize,
    /// Every category with its share, best first; the shares add up to 1.
    pub categories: Vec<CategoryScore>,
    /// One entry per page, ascending.
    pub pages: Vec<PageClass>,
    /// What went wrong without failing the job.
    pub warnings: Vec<Warning>,
}

/// A category's share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CategoryScore {
    /// The category.
    pub name: String,
    /// 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub score: f64,
}

/// How one page was classified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageClass {
    /// The 1-based page.
    pub page: usize,
    /// The best category's name; `None` where the page could not be read.
    pub classification: Option<String>,
    /// Confidence, 0 to 1.
    pub confidence: f64,
}

/// The result of a split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SplitResult {
    /// One part per category that has pages, in the order of their first pages. Every page of the
    /// document is in exactly one part.
    pub parts: Vec<SplitPart>,
    /// Pages of the document.
    pub page_count: usize,
    /// What went wrong without failing the job.
    pub warnings: Vec<Warning>,
}

/// The pages of one category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitPart {
    /// The category's name.
    pub category: String,
    /// Its 1-based pages, in the order in which the part has them.
    pub pages: Vec<usize>,
    /// Mean confidence of its pages, 0 to 1.
    pub confidence: f64,
    /// Names the part on the wire; its PDF lies under [`crate::BlobKey::file`] of the result's key.
    pub file_id: Uuid,
}
