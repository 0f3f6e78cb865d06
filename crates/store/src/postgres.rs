//! The Postgres driver: every transition is one statement, so it costs one round trip and is
//! atomic.
//!
//! Every name is written with its schema: a `search_path` set on connect does not survive every
//! pooler.

/// The instant of the statement, from the test clock ($1) or the database's.
macro_rules! with_now {
    () => {
        "with now as materialized (select coalesce($1::timestamptz, clock_timestamp()) as at)"
    };
}

/// What every transition of `docket.jobs j` writes: *moved* within the job's life, *ended* at its
/// end.
macro_rules! transition {
    (moved) => {
        "version = j.version + 1, \
         updated_at = greatest(now.at, j.updated_at + interval '1 millisecond')"
    };
    (ended) => {
        "version = j.version + 1, \
         updated_at = greatest(now.at, j.updated_at + interval '1 millisecond'), \
         finished_at = greatest(now.at, j.updated_at + interval '1 millisecond'), \
         claim_token = null, document_password = null"
    };
}

/// Writes the event of the transition of each row in `changed`.
///
/// Everything else that the end of a run leaves behind (the lease removed, the credits given back)
/// is the work of triggers: they see what was committed while the statement waited for the row. A
/// statement that waits for a row must read nothing else that changes under that row's lock.
macro_rules! write_event {
    () => {
        ", event as (
            insert into docket.job_events (job_id, user_id, version, status, was_started,
                pages_done, at)
            select id, user_id, version, status, started_at is not null, pages_done, updated_at
            from changed)"
    };
}

/// The spec of a row of `docket.jobs`, which the statement calls by this name, behind its other
/// columns.
macro_rules! spec_of {
    ($jobs:literal) => {
        concat!(", (select s.spec from docket.job_specs s where s.job_id = ", $jobs, ".id)")
    };
}

/// Whole cycles of 30 days since the account's cycle began.
macro_rules! passed {
    () => {
        "greatest(0, floor(extract(epoch from now.at - a.cycle_started_at) / 2592000))"
    };
}

/// Credits used in the account's present cycle.
macro_rules! used {
    () => {
        concat!("(case when ", passed!(), " >= 1 then 0 else a.credits_used end)")
    };
}

mod accounts;
mod attempts;
mod batches;
mod charge;
mod claim;
mod connections;
mod deliveries;
mod documents;
mod expiry;
mod feed;
mod gaps;
mod gather;
mod health;
mod idempotency;
mod insert;
mod jobs;
mod limits;
mod list;
mod migrate;
mod overview;
mod place;
mod queue;
mod rerun;
mod rows;
mod secrets;
mod settle;
mod signals;
mod submit;
mod success;
mod supply;
mod sweep;
mod together;
mod webhooks;

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::clock::{Clock, DatabaseTime};
use crate::error::{Error, OpenError, WriteFault};
use crate::interface::{CommonLimit, Store};
use crate::shares::Shares;
use connections::Connections;
use gather::StatusReads;
use signals::Signals;

/// How long a new connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Supabase's transaction pooler.
const TRANSACTION_POOLER_PORT: u16 = 6543;

const SERVER_VERSION_MIN: i32 = 150_000;

/// Jobs in a Postgres database.
pub(crate) struct PostgresStore {
    clock: Clock,
    time: DatabaseTime,
    shares: Shares,
    options: PgConnectOptions,
    /// For reads, and to begin a transaction.
    connections: Connections,
    /// The same connections, for statements that stand alone and change something.
    pool: PgPool,
    successes: success::Successes,
    submits: submit::Submits,
    attempts: attempts::Attempts,
    signals: Signals,
    status_reads: StatusReads,
    document_limit: Arc<CommonLimit>,
}

impl PostgresStore {
    pub(crate) async fn open(
        url: &str,
        connections_max: u32,
        clock: Clock,
        migrate: bool,
    ) -> Result<Self, OpenError> {
        let options = connect_options(url)?;
        let mut connection = connect(&options).await?;
        refuse_old_server(&mut connection).await?;
        migrate::run(&mut connection, migrate).await?;
        let time = read_time(&mut connection).await?;
        connection.close().await.map_err(Error::from)?;
        let signals = Signals::new(options.clone());
        let connections = Connections::new(options.clone(), connections_max);
        let pool = connections.pool().clone();
        let successes = success::start(pool.clone(), clock.clone());
        let document_limit = Arc::<CommonLimit>::default();
        let submits = submit::start(pool.clone(), clock.clone(), Arc::clone(&document_limit));
        let attempts = attempts::start(pool.clone(), clock.clone());
        let status_reads = StatusReads::new(connections.clone());
        let shares = Shares::default();
        Ok(Self {
            clock,
            time,
            shares,
            options,
            connections,
            pool,
            successes,
            submits,
            attempts,
            signals,
            status_reads,
            document_limit,
        })
    }

    /// Announces that this job was queued.
    fn mark_ready(&self, job: &Job) {
        self.shares.heard(&job.user_id, job.run_at, job.run_at > job.updated_at);
        self.signals.ready();
    }

    /// Announces that jobs returned to the queue.
    fn mark_requeued(&self) {
        self.shares.look_again();
        self.signals.ready();
    }

    /// Announces that jobs ended: there may be something to deliver.
    fn mark_ended(&self) {
        self.signals.delivery();
    }

    /// Announces that jobs changed.
    fn mark_changed(&self) {
        self.signals.changed();
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn ping(&self) -> Result<(), Error> {
        self.connections.one(|| sqlx::query("select 1"), |_| Ok(())).await?;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.clock.fixed().unwrap_or_else(|| self.time.now())
    }

    async fn close(&self) {
        self.signals.close().await;
        self.pool.close().await;
    }
}

fn connect_options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    // The parser's error is left out: it may quote the URL, which holds a password.
    let parsed = if is_postgres { PgConnectOptions::from_str(url).ok() } else { None };
    let options = parsed.ok_or_else(|| {
        OpenError::Refused(
            "the database URL cannot be read: expected postgres://user:password@host:port/database"
                .to_owned(),
        )
    })?;
    if options.get_port() == TRANSACTION_POOLER_PORT {
        return Err(OpenError::Refused(
            "port 6543 is a transaction pooler, on which prepared statements and locks do not hold: \
             use the session pooler on port 5432 or a direct connection"
                .to_owned(),
        ));
    }
    Ok(options.application_name("docket").disable_statement_logging())
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let connecting = async {
        let mut connection = options.connect().await?;
        limits::of_calls(&mut connection).await?;
        Ok(connection)
    };
    tokio::time::timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|elapsed| Error::Unavailable(elapsed.into()))?
}

async fn read_time(connection: &mut PgConnection) -> Result<DatabaseTime, Error> {
    let asked = Instant::now();
    let now = sqlx::query_scalar("select clock_timestamp()").fetch_one(connection).await?;
    Ok(DatabaseTime::new(now, asked))
}

async fn refuse_old_server(connection: &mut PgConnection) -> Result<(), OpenError> {
    let (number, name): (i32, String) = sqlx::query_as(
        "select current_setting('server_version_num')::integer, current_setting('server_version')",
    )
    .fetch_one(connection)
    .await
    .map_err(Error::from)?;
    if number >= SERVER_VERSION_MIN {
        return Ok(());
    }
    Err(OpenError::Refused(format!("this is Postgres {name}: version 15 or newer is needed")))
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            // The last message of a dying server may be incomplete.
            E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::BeginFailed
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed => Self::Unavailable(error.into()),
            E::Database(database) if write_fault(database.as_ref()).is_some() => {
                let fault = write_fault(database.as_ref()).unwrap_or(WriteFault::ReadOnly);
                Self::NotWritable { fault, reason: error.to_string() }
            }
            E::Database(database) if database.code().is_some_and(|code| passes(&code)) => {
                Self::Unavailable(error.into())
            }
            E::ColumnDecode { .. } | E::Decode(_) => Self::Corrupt(error.to_string()),
            _ => Self::Other(error.into()),
        }
    }
}

/// What stands against every write, if it is that.
fn write_fault(error: &dyn sqlx::error::DatabaseError) -> Option<WriteFault> {
    match error.code()?.as_ref() {
        "53100" => Some(WriteFault::Full),
        "25006" => Some(WriteFault::ReadOnly),
        _ => None,
    }
}

/// Whether a fault with this SQLSTATE may be gone at the next call, because it is one of the server's
/// condition and not of the statement: connection lost (08), read-only or timed-out transaction (25),
/// log-in refused (28), no such database (3D), serialization failure or deadlock (40), out of
/// resources (53), object in use or not ready (55), cancelled or shut down (57), fault of the
/// system (58), and what has no code of its own (XX000), which is how poolers report their faults.
fn passes(code: &str) -> bool {
    ["08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX000"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// The error for a statement that refers to `parent` and makes a new `child`.
fn constraint_error(error: sqlx::Error, parent: &'static str, child: &'static str) -> Error {
    use sqlx::error::ErrorKind;
    match error.as_database_error().map(|error| error.kind()) {
        Some(ErrorKind::ForeignKeyViolation) => Error::NotFound(parent),
        Some(ErrorKind::UniqueViolation) => Error::Conflict(child),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transaction_pooler_is_refused() {
        let refused = connect_options("postgres://u:secret@pooler.supabase.com:6543/postgres");
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("5432") && !text.contains("secret"), "{text}");
        assert!(connect_options("postgres://u:p@pooler.supabase.com:5432/postgres").is_ok());
    }

    #[test]
    fn an_unreadable_url_is_not_repeated() {
        for url in ["postgres://u:secret@h:port/x", "secret", "mysql://secret"] {
            let text = connect_options(url).unwrap_err().to_string();
            assert!(!text.contains("secret"), "{text}");
        }
    }
}
