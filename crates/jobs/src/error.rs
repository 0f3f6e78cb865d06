//! Errors that a caller may see.

use docket_store::{Balance, BlobError, DocumentBytes, WriteFault};

/// A verb was refused or failed. `server` maps each to a status and a body in one place.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller has no such job.
    #[error("no such job")]
    NotFound,
    /// The request cannot be carried out as it is; the sentence says why.
    #[error("{0}")]
    Invalid(String),
    /// The URL leads to a private network, and this installation does not allow that.
    #[error("The URL's host is not on the public internet")]
    PrivateHost,
    /// The upload is larger than allowed.
    #[error("upload of {size_bytes} bytes is over the limit of {limit_bytes}")]
    UploadTooLarge {
        /// Bytes that came, at least.
        size_bytes: u64,
        /// Bytes that are allowed.
        limit_bytes: u64,
    },
    /// The part of a file that was asked for holds none of its bytes.
    #[error("the range contains none of the {size_bytes} bytes")]
    NotInRange {
        /// Length of the whole file.
        size_bytes: u64,
    },
    /// The account has too few credits.
    #[error("insufficient quota")]
    QuotaExceeded(Balance),
    /// The account submits too often.
    #[error("rate limit exceeded")]
    RateLimited {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// More jobs wait than may.
    #[error("the queue is full")]
    QueueFull {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The account's documents would have more bytes than they may.
    #[error("usage limit exceeded: the account's documents have {} bytes", .0.used)]
    DocumentsFull(DocumentBytes),
    /// There is too little free space for more documents.
    #[error("the storage is full: {0}")]
    StorageFull(String),
    /// The document can not be uploaded any more, or never could.
    #[error("the job does not wait for an upload")]
    UploadClosed,
    /// The result was requested before the end; holds the job's status on `/jobs`.
    #[error("job is not completed, it is {0}")]
    NotCompleted(&'static str),
    /// The result was asked for, but the job failed; holds its reason.
    #[error("job failed: {0}")]
    JobFailed(String),
    /// Database or blob storage cannot be reached: the same call may succeed later.
    #[error("storage unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<docket_store::Error> for Error {
    fn from(error: docket_store::Error) -> Self {
        match error {
            docket_store::Error::Unavailable(source) => Self::Unavailable(source),
            docket_store::Error::NotWritable { fault: WriteFault::Full, reason } => {
                Self::StorageFull(reason)
            }
            docket_store::Error::NotWritable { reason, .. } => Self::Unavailable(reason.into()),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        match error {
            full if full.is_full() => Self::StorageFull(full.to_string()),
            BlobError::NotFound(_) => Self::Internal(Box::new(error)),
            BlobError::NotInRange { size_bytes } => Self::NotInRange { size_bytes },
            other => Self::Unavailable(Box::new(other)),
        }
    }
}
