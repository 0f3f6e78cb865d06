//! Secrets of the installation, in Postgres.

use async_trait::async_trait;

use super::PostgresStore;
use crate::error::Error;
use crate::interface::SecretStore;

#[async_trait]
impl SecretStore for PostgresStore {
    async fn secret(&self, name: &'static str, fresh: [u8; 32]) -> Result<[u8; 32], Error> {
        // Read first: on a database that only takes reads it is there.
        if let Some(secret) = self.stored_secret(name).await? {
            return Ok(secret);
        }
        sqlx::query(
            "insert into docket.secrets (name, secret, created_at)
             values ($2, $3, coalesce($1::timestamptz, clock_timestamp())) on conflict do nothing",
        )
        .bind(self.clock.fixed())
        .bind(name)
        .bind(fresh.as_slice())
        .execute(&self.pool)
        .await?;
        self.stored_secret(name).await?.ok_or(Error::NotFound("secret"))
    }
}

impl PostgresStore {
    async fn stored_secret(&self, name: &'static str) -> Result<Option<[u8; 32]>, Error> {
        let query = || sqlx::query("select secret from docket.secrets where name = $1").bind(name);
        let stored = self.connections.one(query, |row| row.bytes_or_null()).await?.flatten();
        let Some(secret) = stored else { return Ok(None) };
        let length = secret.len();
        let secret = secret.try_into();
        secret.map(Some).map_err(|_| Error::Corrupt(format!("a secret of {length} bytes")))
    }
}
