//! The bibliography of a document and what refers to it (`xml_citation`), in the shapes of the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Metadata and bibliography of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bibliography {
    /// The entries in their order.
    pub citations: Vec<Citation>,
    /// Metadata of the document.
    pub document_metadata: DocumentMetadata,
}

/// An entry of a bibliography. Parts that could not be distinguished are absent; `text` is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Citation {
    /// Its number: its own where all entries are numbered, else its place. Markdown links to it as
    /// `#ref-<id>`.
    pub id: usize,
    /// The entry as it stands.
    pub text: String,
    /// The title of the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The year, of four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<String>,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// The volume of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// From page to page, or the only page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<String>,
    /// Its Digital Object Identifier, without the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
}

/// Metadata of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentMetadata {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who wrote it, as its title page lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
}

/// A reference in a segment to an entry of the bibliography.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// The entry's `id`.
    pub id: usize,
    /// What refers to it: `[3]`, `Chen et al. (2021)`.
    pub text: String,
}
