//! The shapes of the results of classification and splitting.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use uuid::Uuid;

use crate::document::Warning;
use crate::results::CategoryScore;

/// The result of a classification.
#[derive(JsonSchema)]
pub struct Classification {
    /// True.
    pub success: bool,
    /// The document's category, as it was named in the request.
    pub classification: String,
    /// Confidence, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// Pages of the document.
    pub total_pages: usize,
    /// Pages that were looked at.
    pub processed_pages: usize,
    /// One entry per page, ascending.
    pub page_results: Vec<ClassifiedPage>,
    /// Every category with its share, best first.
    pub categories: Vec<CategoryScore>,
    /// What went wrong, or was not understood, without failing the job. Absent if empty.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// How one page was classified.
#[derive(JsonSchema)]
pub struct ClassifiedPage {
    /// The 1-based page.
    pub page: usize,
    /// False where the page could not be read.
    pub success: bool,
    /// The page's category; the document's where the page could not be read.
    pub classification: String,
    /// Confidence, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// The same name again.
    pub raw_result: String,
    /// Why the page could not be read.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The options of a split, echoed.
#[derive(JsonSchema)]
pub struct SplitParameters {
    /// The categories' names.
    pub classes: Vec<String>,
    /// Their descriptions, of those that have one.
    pub category_descriptions: BTreeMap<String, String>,
    /// Pages of the document, once known.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<i32>,
    /// As requested.
    pub enable_reordering: bool,
}

/// The result of a split.
#[derive(JsonSchema)]
pub struct Split {
    /// True.
    pub success: bool,
    /// A text for people.
    pub message: String,
    /// One PDF per category that has pages.
    pub files: Vec<SplitFile>,
    /// The 1-based pages of each of these categories. Every page is in exactly one.
    pub splits: BTreeMap<String, Vec<usize>>,
    /// What went wrong, or was not understood, without failing the job. Absent if empty.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// The pages of one category as a PDF.
#[derive(JsonSchema)]
pub struct SplitFile {
    /// The category's name and `.pdf`.
    pub name: String,
    /// The same value.
    pub path: String,
    /// `file`
    #[serde(rename = "type")]
    pub kind: String,
    /// The file's id.
    #[serde(rename = "fileId")]
    pub file_id: Uuid,
    /// A signed link to the PDF: needs no key, is valid for one hour. Absent with
    /// `include_url=false`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub full_path: Option<String>,
    /// Mean confidence of its pages, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence_score: f64,
    /// Its 1-based pages in the document.
    pub pages: Vec<usize>,
}
