//! Whether the database accepts writes, in SQLite.

use async_trait::async_trait;

use super::SqliteStore;
use super::rows::micros;
use crate::error::Error;
use crate::interface::HealthStore;

#[async_trait]
impl HealthStore for SqliteStore {
    async fn check_writes(&self) -> Result<(), Error> {
        self.writer
            .run(|turn| {
                turn.prepare_cached("insert or replace into write_checks (id, at) values (1, ?1)")?
                    .execute([micros(turn.now())])?;
                Ok(())
            })
            .await
    }
}
