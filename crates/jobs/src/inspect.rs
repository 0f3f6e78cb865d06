//! What the domain needs to know about a document at submit, and the trait that provides it.

use async_trait::async_trait;
use docket_store::BlobReader;

/// Reads a document just far enough, outside of this process.
#[async_trait]
pub trait Inspector: Send + Sync {
    /// Looks at the document.
    async fn inspect(&self, document: BlobReader, look: Look<'_>) -> Inspection;
}

/// What is known about a document before its inspection.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Opens it.
    pub password: Option<&'a str>,
    /// Its media type by its first bytes or its name.
    pub media_type: &'a str,
}

/// What is known about a document at submit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Its pages; `None` where it is damaged, encrypted or could not be looked at in time. The job
    /// then finds out, and says so.
    pub page_count: Option<i32>,
    /// Its media type by all of its bytes; `None` if these do not show it.
    pub media_type: Option<String>,
    /// It was not looked at: the server was too busy, or it took too long.
    pub is_skipped: bool,
}

impl Inspection {
    /// The job has to find out everything.
    pub const SKIPPED: Self = Self { page_count: None, media_type: None, is_skipped: true };
}

/// Knows nothing of any document; for processes that submit nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoInspector;

#[async_trait]
impl Inspector for NoInspector {
    async fn inspect(&self, _document: BlobReader, _look: Look<'_>) -> Inspection {
        Inspection::default()
    }
}
