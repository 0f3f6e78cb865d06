//! What went wrong without failing a job.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Damage, a limit or an option that did not fail the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// The stable code.
    pub code: WarningCode,
    /// A message for the owner of the document; contains no text of the document.
    pub message: String,
    /// The 1-based page it concerns, if one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
}

/// How much of the text that a page was found to hold is in the result.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageCoverage {
    /// The 1-based page.
    pub page: usize,
    /// The share of its characters, or of its words and cells in files without coordinates: 1 if
    /// nothing was lost. Content that the request leaves out is not lost.
    pub coverage: f64,
}

/// The stable codes of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// The page shows pictures only, has no text layer, and could not be recognised.
    NoTextLayer,
    /// The page should have been recognised, and was not: its text layer was used alone.
    OcrNotDone,
    /// A quarter or more of the words that were recognised on the page are uncertain.
    LowConfidence,
    /// The page is empty.
    BlankPage,
    /// The page could not be read.
    PageUnreadable,
    /// Many glyphs of the page have no known character.
    UnmappedGlyphs,
    /// Part of the page's content was left out because it is damaged or beyond a limit.
    ContentTruncated,
    /// Part of what the page holds is not in the result; the message has the amounts.
    ContentDropped,
    /// The request asked for an option that this server does not have.
    OptionUnsupported,
    /// The request has a field or a value that the operation does not know.
    OptionUnknown,
}
