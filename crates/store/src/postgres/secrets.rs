//! Secrets of the installation, in Postgres.

use async_trait::async_trait;

use super::PostgresStore;
use crate::error::Error;
use crate::interface::SecretStore;

#[async_trait]
impl SecretStore for PostgresStore {
    async fn secret(&self, name: &'static str, fresh: [u8; 32]) -> Result<[u8; 32], Error> {
        sqlx::query(
            "insert into docket.secrets (name, secret, created_at)
             values ($2, $3, coalesce($1::timestamptz, clock_timestamp())) on conflict do nothing",
        )
        .bind(self.clock.fixed())
        .bind(name)
        .bind(fresh.as_slice())
        .execute(&self.pool)
        .await?;
        let stored: Vec<u8> =
            sqlx::query_scalar("select secret from docket.secrets where name = $1")
                .bind(name)
                .fetch_one(&self.pool)
                .await?;
        let length = stored.len();
        stored.try_into().map_err(|_| Error::Corrupt(format!("a secret of {length} bytes")))
    }
}
