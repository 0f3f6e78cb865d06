//! Whether the database accepts writes, in Postgres.

use async_trait::async_trait;

use super::PostgresStore;
use crate::error::Error;
use crate::interface::HealthStore;

#[async_trait]
impl HealthStore for PostgresStore {
    async fn check_writes(&self) -> Result<(), Error> {
        sqlx::query(
            "insert into docket.write_checks (id, at)
             values (1, coalesce($1::timestamptz, clock_timestamp()))
             on conflict (id) do update set at = excluded.at",
        )
        .bind(self.clock.fixed())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
