//! Secrets of the installation.

use async_trait::async_trait;

use crate::error::Error;

/// Secrets of the installation.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The secret of this name: `fresh` if there is none yet, else what was stored first.
    async fn secret(&self, name: &'static str, fresh: [u8; 32]) -> Result<[u8; 32], Error>;
}
