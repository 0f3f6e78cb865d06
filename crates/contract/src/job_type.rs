//! The types of jobs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a job does with its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobType {
    /// `POST /parse`
    Parsing,
    /// `POST /v2/extract` and the children of a batch
    Extraction,
    /// `POST /chunking`
    Chunking,
    /// `POST /classify`
    Classification,
    /// `POST /splitter`
    Splitting,
}

impl JobType {
    /// Every type, for tables and error texts.
    pub const ALL: [Self; 5] =
        [Self::Parsing, Self::Extraction, Self::Chunking, Self::Classification, Self::Splitting];

    /// The word in the database and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parsing => "parsing",
            Self::Extraction => "extraction",
            Self::Chunking => "chunking",
            Self::Classification => "classification",
            Self::Splitting => "splitting",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
