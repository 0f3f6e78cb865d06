//! Whether the database accepts writes.

use async_trait::async_trait;

use crate::error::Error;

/// Decides whether a node is ready.
#[async_trait]
pub trait HealthStore: Send + Sync {
    /// Writes one small row as durably as any other. The error says why it failed.
    async fn check_writes(&self) -> Result<(), Error>;
}
