//! The SQLite driver: one writer thread with group commit, reads on connections of their own.
//!
//! Other processes may open the same file: WAL, `begin immediate` and the busy timeout keep them
//! apart, and no connection holds a transaction longer than one batch.

/// What every transition writes, with ?1 as the instant: *moved* within the job's life, *ended* at
/// its end.
macro_rules! transition {
    (moved) => {
        "version = version + 1, updated_at = max(?1, updated_at + 1000)"
    };
    (ended) => {
        "version = version + 1, updated_at = max(?1, updated_at + 1000), \
         finished_at = max(?1, updated_at + 1000), claim_token = null, document_password = null"
    };
}

/// The spec of a row of `jobs`, behind its other columns.
macro_rules! spec_of {
    () => {
        ", (select spec from job_specs where job_specs.seq = jobs.seq)"
    };
}

mod accounts;
mod attempts;
mod batches;
mod charge;
mod claim;
mod connection;
mod copy;
mod deliveries;
mod documents;
mod expiry;
mod feed;
mod guard;
mod health;
mod idempotency;
mod job_rows;
mod jobs;
mod list;
mod migrate;
mod open_files;
mod overview;
mod queue;
mod reader;
mod rerun;
mod rows;
mod secrets;
mod settle;
mod supply;
mod sweep;
mod webhooks;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use docket_contract::job::Job;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::clock::Clock;
use crate::error::{Error, OpenError, WriteFault};
use crate::interface::{CommonLimit, Store};
use crate::shares::Shares;
use connection::{BUSY_TIMEOUT, connect};
pub(crate) use copy::{check_file, copy_file};
use open_files::OpenFiles;
use reader::Readers;
use writer::{Hints, Writer};

/// How long a process that starts waits for others, which may be migrating.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// Jobs in one SQLite file.
pub(crate) struct SqliteStore {
    clock: Clock,
    shares: Shares,
    writer: Writer,
    readers: Arc<Readers>,
    hints: Hints,
    document_limit: Arc<CommonLimit>,
}

impl SqliteStore {
    pub(crate) async fn open(
        path: PathBuf,
        clock: Clock,
        migrate: bool,
    ) -> Result<Self, OpenError> {
        tokio::task::spawn_blocking(move || Self::open_blocking(&path, clock, migrate))
            .await
            .map_err(|error| Error::Other(error.into()))?
    }

    fn open_blocking(path: &Path, clock: Clock, migrate: bool) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut connection = connect(path, OpenFlags::default())?;
        connection.busy_timeout(OPEN_TIMEOUT).map_err(Error::from)?;
        use_write_ahead_log(&connection)?;
        migrate::run(&mut connection, migrate)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(Error::from)?;
        let files = OpenFiles::of(path)?;
        let readers = Arc::new(Readers::open(path)?);
        let hints = Hints::default();
        let writer = Writer::start(connection, files, clock.clone(), hints.clone())?;
        let document_limit = Arc::default();
        Ok(Self { clock, shares: Shares::default(), writer, readers, hints, document_limit })
    }

    /// Hears of a job that this process committed: if it is queued, its account waits.
    fn heard(&self, job: &Job) {
        if job.state == JobState::Queued {
            self.shares.heard(&job.user_id, job.run_at, job.run_at > job.updated_at);
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), Error> {
        self.readers.point(|connection| Ok(connection.query_row("select 1", [], |_| Ok(()))?))
    }

    fn now(&self) -> Timestamp {
        self.clock.host()
    }

    async fn close(&self) {
        // The writer last: the last connection to leave merges the write-ahead log into the file.
        self.readers.close();
        self.writer.close().await;
    }
}

fn use_write_ahead_log(connection: &Connection) -> Result<(), OpenError> {
    let since = Instant::now();
    let mode: String = loop {
        match connection.query_row("pragma journal_mode = wal", [], |row| row.get(0)) {
            Ok(mode) => break mode,
            // Where two processes open a new file at once, SQLite answers busy without waiting: each
            // holds a lock that the other's change of the mode needs.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && since.elapsed() < OPEN_TIMEOUT =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(Error::from(error).into()),
        }
    };
    if mode == "wal" {
        return Ok(());
    }
    Err(OpenError::Refused(format!(
        "SQLite cannot use a write-ahead log here (it stays at {mode}): the data folder must be on a local disk"
    )))
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => {
                Self::NotWritable { fault: WriteFault::Full, reason: error.to_string() }
            }
            Some(ErrorCode::ReadOnly) => {
                Self::NotWritable { fault: WriteFault::ReadOnly, reason: error.to_string() }
            }
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::CannotOpen
                | ErrorCode::SystemIoFailure,
            ) => Self::Unavailable(error.into()),
            _ => Self::Other(error.into()),
        }
    }
}

/// The error for a statement that refers to `parent` and makes a new `child`.
fn constraint_error(error: rusqlite::Error, parent: &'static str, child: &'static str) -> Error {
    use rusqlite::ffi;
    match error.sqlite_error().map(|error| error.extended_code) {
        Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Error::NotFound(parent),
        Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            Error::Conflict(child)
        }
        _ => error.into(),
    }
}
