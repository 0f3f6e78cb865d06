//! The options of the jobs that work on a parsed document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::Warning;

/// The options of an extraction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExtractSpec {
    /// A JSON Schema whose root is an object with `properties`; the order of its keys is part of
    /// the answer.
    pub schema: Map<String, Value>,
    /// The client's name for the schema.
    pub schema_name: Option<String>,
    /// Which model is asked, where one is configured.
    pub model: ModelTier,
    /// The answer has the location of each value.
    pub citations: bool,
    /// The answer uses the newer, scored form.
    pub scored: bool,
    /// What of the request was not understood; part of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// The names under which the wire knows models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelTier {
    /// `alpha`
    Alpha,
    /// `beta`
    Beta,
    /// `gamma`, also for every unknown name.
    #[default]
    Gamma,
    /// `delta`
    Delta,
}

/// A category of documents or pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Category {
    /// Its name, as the answer repeats it.
    pub name: String,
    /// What belongs to it.
    pub description: Option<String>,
}

/// The options of a classification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassifySpec {
    /// The categories to choose from, at least one.
    pub categories: Vec<Category>,
    /// What of the request was not understood; part of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// The options of a split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitSpec {
    /// The categories to sort pages into, at least one.
    pub categories: Vec<Category>,
    /// Pages of a category may be brought into another order.
    pub enable_reordering: bool,
    /// What of the request was not understood; part of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// The options of a chunking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkSpec {
    /// Where the text is cut.
    pub strategy: ChunkStrategy,
    /// Characters of a chunk, for `fixed`.
    pub chunk_chars: usize,
    /// Characters that consecutive chunks share, for `fixed`; less than `chunk_chars`.
    pub overlap_chars: usize,
    /// What of the request was not understood; part of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Default for ChunkSpec {
    fn default() -> Self {
        Self {
            strategy: ChunkStrategy::Semantic,
            chunk_chars: 1000,
            overlap_chars: 100,
            warnings: Vec::new(),
        }
    }
}

/// Where a chunking cuts the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChunkStrategy {
    /// Where the subject changes, by headings and the words used.
    Semantic,
    /// After a fixed number of characters.
    Fixed,
    /// At the end of each page.
    Page,
    /// At the end of each paragraph.
    Paragraph,
    /// Before each heading.
    Heading,
    /// By headings, then by size.
    Hybrid,
    /// By headings, each chunk knowing its parent.
    Hierarchical,
}

impl ChunkStrategy {
    /// Every strategy, in the order in which errors list them.
    pub const ALL: [Self; 7] = [
        Self::Semantic,
        Self::Fixed,
        Self::Page,
        Self::Paragraph,
        Self::Heading,
        Self::Hybrid,
        Self::Hierarchical,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Semantic => "semantic",
            Self::Fixed => "fixed",
            Self::Page => "page",
            Self::Paragraph => "paragraph",
            Self::Heading => "heading",
            Self::Hybrid => "hybrid",
            Self::Hierarchical => "hierarchical",
        }
    }

    /// Reads a name of the wire; `zchunk`, which needed a model, is taken as `semantic`.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        match name {
            "zchunk" => Some(Self::Semantic),
            _ => Self::ALL.into_iter().find(|strategy| strategy.as_str() == name),
        }
    }
}
