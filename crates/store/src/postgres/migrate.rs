//! Migrates the schema, one node at a time.

use sqlx::{Connection, PgConnection};

use super::limits;
use crate::error::{Error, OpenError};

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "accounts", include_str!("../../migrations/postgres/0001_accounts.sql")),
    (2, "jobs", include_str!("../../migrations/postgres/0002_jobs.sql")),
    (3, "secrets", include_str!("../../migrations/postgres/0003_secrets.sql")),
    (4, "batches", include_str!("../../migrations/postgres/0004_batches.sql")),
    (5, "idempotency", include_str!("../../migrations/postgres/0005_idempotency.sql")),
    (6, "uploads", include_str!("../../migrations/postgres/0006_uploads.sql")),
    (7, "supabase", include_str!("../../migrations/postgres/0007_supabase.sql")),
    (8, "webhooks", include_str!("../../migrations/postgres/0008_webhooks.sql")),
    (9, "feed", include_str!("../../migrations/postgres/0009_feed.sql")),
    (10, "webhook_turns", include_str!("../../migrations/postgres/0010_webhook_turns.sql")),
    (11, "ends", include_str!("../../migrations/postgres/0011_ends.sql")),
    (12, "job_specs", include_str!("../../migrations/postgres/0012_job_specs.sql")),
    (13, "lists", include_str!("../../migrations/postgres/0013_lists.sql")),
    (14, "retention", include_str!("../../migrations/postgres/0014_retention.sql")),
    (15, "write_checks", include_str!("../../migrations/postgres/0015_write_checks.sql")),
    (16, "document_bytes", include_str!("../../migrations/postgres/0016_document_bytes.sql")),
    (17, "shares", include_str!("../../migrations/postgres/0017_shares.sql")),
];

/// Applies what is missing if `migrate`; otherwise only looks. A role that may not create schemas
/// can thus open a database that is up to date.
pub(super) async fn run(connection: &mut PgConnection, migrate: bool) -> Result<(), OpenError> {
    let known = MIGRATIONS.last().map_or(0, |(version, _, _)| *version);
    let found = version(connection).await?;
    if found > known {
        return Err(OpenError::SchemaTooNew { found, known });
    }
    if found == known {
        return Ok(());
    }
    if !migrate {
        return Err(OpenError::SchemaTooOld { found, known });
    }
    apply(connection).await?;
    Ok(())
}

async fn version(connection: &mut PgConnection) -> Result<i64, Error> {
    let exists: bool =
        sqlx::query_scalar("select to_regclass('docket.schema_migrations') is not null")
            .fetch_one(&mut *connection)
            .await?;
    if !exists {
        return Ok(0);
    }
    let newest = "select coalesce(max(version), 0) from docket.schema_migrations";
    Ok(sqlx::query_scalar(newest).fetch_one(connection).await?)
}

async fn apply(connection: &mut PgConnection) -> Result<(), Error> {
    let mut transaction = connection.begin().await?;
    limits::of_waiting_for_migrations(&mut transaction).await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('docket.schema_migrations', 0))")
        .execute(&mut *transaction)
        .await?;
    limits::of_migrations(&mut transaction).await?;
    sqlx::raw_sql(
        "create schema if not exists docket;
         create table if not exists docket.schema_migrations (
            version    bigint primary key,
            name       text not null,
            applied_at timestamptz not null default clock_timestamp()
         )",
    )
    .execute(&mut *transaction)
    .await?;
    // Read again under the lock: another node may have migrated meanwhile.
    let found = version(&mut transaction).await?;
    for (version, name, sql) in MIGRATIONS.iter().filter(|(version, _, _)| *version > found) {
        sqlx::raw_sql(*sql).execute(&mut *transaction).await?;
        sqlx::query("insert into docket.schema_migrations (version, name) values ($1, $2)")
            .bind(version)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        tracing::info!(migration.version = version, migration.name = name, "migration applied");
    }
    transaction.commit().await?;
    Ok(())
}
