//! Migrates the schema, one process at a time.

use rusqlite::{Connection, TransactionBehavior, params};

use crate::error::{Error, OpenError};

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "accounts", include_str!("../../migrations/sqlite/0001_accounts.sql")),
    (2, "jobs", include_str!("../../migrations/sqlite/0002_jobs.sql")),
    (3, "secrets", include_str!("../../migrations/sqlite/0003_secrets.sql")),
    (4, "batches", include_str!("../../migrations/sqlite/0004_batches.sql")),
    (5, "idempotency", include_str!("../../migrations/sqlite/0005_idempotency.sql")),
    (6, "uploads", include_str!("../../migrations/sqlite/0006_uploads.sql")),
    (7, "supabase", include_str!("../../migrations/sqlite/0007_supabase.sql")),
    (8, "webhooks", include_str!("../../migrations/sqlite/0008_webhooks.sql")),
    (9, "feed", include_str!("../../migrations/sqlite/0009_feed.sql")),
    (10, "webhook_turns", include_str!("../../migrations/sqlite/0010_webhook_turns.sql")),
    (11, "ends", include_str!("../../migrations/sqlite/0011_ends.sql")),
    (12, "job_specs", include_str!("../../migrations/sqlite/0012_job_specs.sql")),
    (13, "lists", include_str!("../../migrations/sqlite/0013_lists.sql")),
    (14, "retention", include_str!("../../migrations/sqlite/0014_retention.sql")),
    (15, "write_checks", include_str!("../../migrations/sqlite/0015_write_checks.sql")),
    (16, "document_bytes", include_str!("../../migrations/sqlite/0016_document_bytes.sql")),
    (17, "shares", include_str!("../../migrations/sqlite/0017_shares.sql")),
];

/// Applies what is missing if `migrate`; otherwise only looks.
pub(super) fn run(connection: &mut Connection, migrate: bool) -> Result<(), OpenError> {
    let known = MIGRATIONS.last().map_or(0, |(version, _, _)| *version);
    let found = version(connection)?;
    if found > known {
        return Err(OpenError::SchemaTooNew { found, known });
    }
    if found == known {
        return Ok(());
    }
    if !migrate {
        return Err(OpenError::SchemaTooOld { found, known });
    }
    apply(connection)?;
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, Error> {
    let table = "select exists (select 1 from sqlite_schema where name = 'schema_migrations')";
    if !connection.query_row(table, [], |row| row.get(0))? {
        return Ok(0);
    }
    let newest = "select coalesce(max(version), 0) from schema_migrations";
    Ok(connection.query_row(newest, [], |row| row.get(0))?)
}

fn apply(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Looked at again under the lock: another process may have been here meanwhile.
    let found = version(&transaction)?;
    transaction.execute_batch(
        "create table if not exists schema_migrations (
            version    integer primary key,
            name       text not null,
            applied_at integer not null
        ) strict",
    )?;
    for (version, name, sql) in MIGRATIONS.iter().filter(|(version, _, _)| *version > found) {
        transaction.execute_batch(sql)?;
        transaction.execute(
            "insert into schema_migrations (version, name, applied_at)
             values (?1, ?2, cast(unixepoch('subsec') * 1000000 as integer))",
            params![version, name],
        )?;
        tracing::info!(migration.version = version, migration.name = name, "migration applied");
    }
    transaction.commit()?;
    Ok(())
}
