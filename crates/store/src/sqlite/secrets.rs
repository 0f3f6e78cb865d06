//! Secrets of the installation, in SQLite.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use super::SqliteStore;
use super::rows::micros;
use crate::error::Error;
use crate::interface::SecretStore;

#[async_trait]
impl SecretStore for SqliteStore {
    async fn secret(&self, name: &'static str, fresh: [u8; 32]) -> Result<[u8; 32], Error> {
        // Read first: on a database that only takes reads it is there.
        let stored = self.readers.point(|connection| {
            let sql = "select secret from secrets where name = ?1";
            Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
        })?;
        if let Some(secret) = stored {
            return Ok(secret);
        }
        self.writer
            .run(move |turn| {
                turn.prepare_cached(
                    "insert into secrets (name, secret, created_at) values (?1, ?2, ?3)
                     on conflict do nothing",
                )?
                .execute(params![name, fresh, micros(turn.now())])?;
                let secret = turn
                    .prepare_cached("select secret from secrets where name = ?1")?
                    .query_row([name], |row| row.get(0))?;
                Ok(secret)
            })
            .await
    }
}
