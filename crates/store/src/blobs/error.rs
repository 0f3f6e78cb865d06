//! Why a blob could not be read or written.

/// A blob could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("blob not found: {0}")]
    NotFound(String),
    /// The bucket itself is not there.
    #[error("it does not exist")]
    NoSuchBucket,
    /// The range that was asked for holds no byte of the blob.
    #[error("the range contains none of the {size_bytes} bytes of the blob")]
    NotInRange {
        /// Length of the whole blob.
        size_bytes: u64,
    },
    /// The storage failed.
    #[error("blob storage failed: {0}")]
    Storage(#[source] object_store::Error),
    /// The folder cannot be made.
    #[error("blob folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
}

impl BlobError {
    /// True if there is no room for what was to be written.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            if kind.is_some_and(is_no_room) {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

fn is_no_room(kind: std::io::ErrorKind) -> bool {
    matches!(kind, std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::NotFound(path),
            other => Self::Storage(other),
        }
    }
}
