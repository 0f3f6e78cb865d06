//! Time limits of statements: a session elsewhere that holds a lock must not block callers without
//! end.
//!
//! The limits are set on every connection after it was made: some poolers refuse or drop the
//! start-up parameter that could carry them.

use sqlx::{Executor, PgConnection};

/// Sets a limit to what the role or the database has for it under our schema's name, else to the
/// default.
macro_rules! limit {
    ($name:literal, $default:literal) => {
        concat!(
            "set_config('",
            $name,
            "', coalesce(nullif(current_setting('docket.",
            $name,
            "', true), ''), '",
            $default,
            "'), false)"
        )
    };
}

/// For requests and workers. A call waits for a connection (3 s at most) and then for a lock (2 s at
/// most), so no caller waits for longer than 5 s. A transaction whose process stands still lets go of
/// its locks after 5 s.
const OF_CALLS: &str = concat!(
    "select ",
    limit!("lock_timeout", "2s"),
    ", ",
    limit!("statement_timeout", "4s"),
    ", ",
    limit!("idle_in_transaction_session_timeout", "5s")
);

/// For what runs in the background over many rows, for the rest of its transaction. It takes only
/// rows that are free, so it waits for locks no longer than others.
const OF_MAINTENANCE: &str = "set local statement_timeout = '60s'";

/// For a node that waits until another has migrated.
const OF_WAITING_FOR_MIGRATIONS: &str =
    "set local lock_timeout = 0; set local statement_timeout = 0";

/// For migrations. One that waits for a table holds up everything that comes after it, so it gives
/// up before long; how long it works is not limited.
const OF_MIGRATIONS: &str = "set local lock_timeout = '10s'";

/// Limits every statement of a new connection.
pub(super) async fn of_calls(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.execute(OF_CALLS).await.map(drop)
}

/// Gives a transaction of maintenance more time.
pub(super) async fn of_maintenance(transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
    transaction.execute(OF_MAINTENANCE).await.map(drop)
}

/// Lets a transaction wait for the node that migrates.
pub(super) async fn of_waiting_for_migrations(
    transaction: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    transaction.execute(OF_WAITING_FOR_MIGRATIONS).await.map(drop)
}

/// Gives a transaction of migrations, which has waited, the time that it needs.
pub(super) async fn of_migrations(transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
    transaction.execute(OF_MIGRATIONS).await.map(drop)
}
