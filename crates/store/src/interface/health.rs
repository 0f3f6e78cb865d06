//! Whether the database accepts writes.

use async_trait::async_trait;

use crate::error::Error;

/// Asked by those who decide whether a node is ready.
#[async_trait]
pub trait HealthStore: Send + Sync {
    /// Writes one small row as durably as any other. The error says what stands against it.
    async fn check_writes(&self) -> Result<(), Error>;
}
