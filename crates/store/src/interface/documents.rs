//! How many bytes the documents of an account may have together.

use async_trait::async_trait;
use docket_contract::UserId;

use crate::error::Error;

/// The bytes of stored documents, account by account.
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// Accounts without a limit of their own have this one from now on, in this process.
    fn limit_documents(&self, bytes_max: Option<i64>);

    /// Gives the account a limit of its own, or with `None` the common one; false if there is no
    /// such account.
    async fn set_document_limit(
        &self,
        user: &UserId,
        bytes_max: Option<i64>,
    ) -> Result<bool, Error>;

    /// The bytes of the account's stored documents. Those of jobs deleted just now may be among
    /// them, never fewer than are stored.
    async fn document_bytes(&self, user: &UserId) -> Result<DocumentBytes, Error>;
}

/// The bytes of an account's documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentBytes {
    /// Of the documents of its jobs, from their submit to their deletion.
    pub used: i64,
    /// Their total size, if that is limited.
    pub limit: Option<i64>,
}

impl DocumentBytes {
    /// True if this many more bytes fit. A document whose size is not known yet needs one.
    #[must_use]
    pub fn fits(&self, bytes: i64) -> bool {
        self.limit.is_none_or(|limit| self.used.saturating_add(bytes.max(1)) <= limit)
    }
}

/// The limit of accounts that have none of their own.
#[derive(Debug)]
pub(crate) struct CommonLimit(std::sync::atomic::AtomicI64);

impl Default for CommonLimit {
    fn default() -> Self {
        Self(std::sync::atomic::AtomicI64::new(i64::MAX))
    }
}

impl CommonLimit {
    pub(crate) fn set(&self, bytes_max: Option<i64>) {
        self.0.store(bytes_max.unwrap_or(i64::MAX), std::sync::atomic::Ordering::Relaxed);
    }

    /// The largest number means no limit.
    pub(crate) fn get(&self) -> i64 {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The limit that holds for an account with this limit of its own.
    pub(crate) fn or_own(&self, own: Option<i64>) -> Option<i64> {
        Some(own.unwrap_or_else(|| self.get())).filter(|limit| *limit < i64::MAX)
    }
}
