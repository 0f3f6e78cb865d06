//! The configuration with which a store is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::Clock;
use crate::error::OpenError;
use crate::interface::Store;

/// Which database, and how.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The database.
    pub database: DatabaseConfig,
    /// Where instants come from.
    pub clock: Clock,
    /// Applies missing migrations; otherwise an older schema is refused.
    pub migrate: bool,
}

/// Where the rows lie.
#[derive(Clone)]
pub enum DatabaseConfig {
    /// A file on this host; made if missing.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// Postgres 15 or newer.
    Postgres {
        /// `postgres://user:password@host:port/database`; a transaction pooler is refused.
        url: String,
        /// At most so many connections.
        connections_max: u32,
    },
}

impl std::fmt::Debug for DatabaseConfig {
    /// Leaves out the URL, which holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite { path } => f.debug_struct("Sqlite").field("path", path).finish(),
            Self::Postgres { connections_max, .. } => f
                .debug_struct("Postgres")
                .field("connections_max", connections_max)
                .finish_non_exhaustive(),
        }
    }
}

/// Opens the store.
///
/// # Errors
/// If the database is refused, cannot be reached, or has a schema that does not fit.
pub async fn open(config: StoreConfig) -> Result<Arc<dyn Store>, OpenError> {
    match config.database {
        DatabaseConfig::Sqlite { path } => Ok(Arc::new(
            crate::sqlite::SqliteStore::open(path, config.clock, config.migrate).await?,
        )),
        DatabaseConfig::Postgres { url, connections_max } => Ok(Arc::new(
            crate::postgres::PostgresStore::open(
                &url,
                connections_max,
                config.clock,
                config.migrate,
            )
            .await?,
        )),
    }
}

/// Writes a consistent copy of an embedded database to a new file, while processes may write to it.
///
/// # Errors
/// If the file cannot be read, or the copy cannot be written.
pub fn copy_embedded(from: &Path, to: &Path) -> Result<(), OpenError> {
    crate::sqlite::copy_file(from, to)
}

/// Reads a whole embedded database that no process uses.
///
/// # Errors
/// If it is damaged, or no database.
pub fn check_embedded(path: &Path) -> Result<(), OpenError> {
    crate::sqlite::check_file(path)
}
