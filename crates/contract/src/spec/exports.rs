//! Files that a parse makes beside its result.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// In what form the document is wanted as a file (`export_format`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A Word file (ECMA-376).
    Docx,
    /// One Markdown text.
    Markdown,
    /// The result as it is stored.
    Json,
}

impl ExportFormat {
    /// Every format, in the order in which answers list them.
    pub const ALL: [Self; 3] = [Self::Docx, Self::Markdown, Self::Json];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// Reads a name of the wire in any case.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str().eq_ignore_ascii_case(name.trim()))
    }

    /// The media type of such a file.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// The usual extension of such a file.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }

    /// The id of the file of a job that is beside its result; the result itself is the JSON.
    #[must_use]
    pub fn file_id(self, job: Uuid) -> Option<Uuid> {
        match self {
            Self::Docx | Self::Markdown => {
                Some(Uuid::new_v5(&job, format!("export/{}", self.as_str()).as_bytes()))
            }
            Self::Json => None,
        }
    }
}
