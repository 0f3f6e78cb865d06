//! How a connection to the file is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::Error;

/// How long a statement waits for another process: no caller waits for longer than 5 s.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(4);

/// More statements than the driver has, so that none is compiled twice.
const STATEMENT_CACHE_CAPACITY: usize = 128;

/// Opens the file.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_CAPACITY);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "full")?;
    // What is overwritten is gone from the file: a document's password must not outlive its job.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}
