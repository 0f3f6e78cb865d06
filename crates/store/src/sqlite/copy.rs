//! A consistent copy of the embedded database while processes write to it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, OpenError};

/// How long the copy waits for a process that migrates or recovers the file.
const WAIT: Duration = Duration::from_secs(30);

/// Writes the rows as they are at one instant to a new file, without the space of deleted ones. One
/// read transaction: writers go on meanwhile.
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<(), OpenError> {
    let connection = read_only(from)?;
    let text = to.to_str().ok_or_else(|| {
        OpenError::Refused(format!("{} is no name that SQLite can use", to.display()))
    })?;
    connection.execute("vacuum into ?1", [text]).map_err(Error::from)?;
    std::fs::File::open(to)?.sync_all()?;
    Ok(())
}

/// Reads every page of a file that no process uses, and checks that they belong together.
pub(crate) fn check_file(path: &Path) -> Result<(), OpenError> {
    let connection = read_only(path)?;
    let found: String =
        connection.query_row("pragma quick_check(1)", [], |row| row.get(0)).map_err(Error::from)?;
    if found == "ok" { Ok(()) } else { Err(Error::Corrupt(found).into()) }
}

fn read_only(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(Error::from)?;
    connection.busy_timeout(WAIT).map_err(Error::from)?;
    Ok(connection)
}
