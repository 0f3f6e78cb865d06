//! Whether the open files are still those of their names.
//!
//! SQLite keeps writing to a file that was deleted or replaced, and everything is lost when the
//! last process closes it. So the writer compares the open files with the files of their names,
//! before and after each commit.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::{Error, WriteFault};

/// The files of an open database.
#[derive(Debug)]
pub(super) struct OpenFiles {
    database: OpenFile,
    log: OpenFile,
}

impl OpenFiles {
    /// Those of the database that was just opened under this path.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let files =
            Self { database: OpenFile::new(path.to_owned()), log: OpenFile::new(log.into()) };
        files.check()?;
        Ok(files)
    }

    /// An error if one of them is no longer found under its name. The log is made by the first
    /// write; it stays the same as long as a process has the database open.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.database.check(true)?;
        self.log.check(false)
    }
}

#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    /// Device and number of the file, once it was there.
    seen: OnceLock<(u64, u64)>,
}

impl OpenFile {
    fn new(path: PathBuf) -> Self {
        Self { path, seen: OnceLock::new() }
    }

    fn check(&self, must_exist: bool) -> Result<(), Error> {
        let now = match std::fs::metadata(&self.path) {
            Ok(found) => (found.dev(), found.ino()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return match self.seen.get() {
                    None if !must_exist => Ok(()),
                    _ => Err(self.gone("deleted")),
                };
            }
            Err(error) => return Err(Error::Unavailable(error.into())),
        };
        if *self.seen.get_or_init(|| now) == now { Ok(()) } else { Err(self.gone("replaced")) }
    }

    fn gone(&self, what: &str) -> Error {
        Error::NotWritable {
            fault: WriteFault::FileGone,
            reason: format!("{} was {what} while it was open", self.path.display()),
        }
    }
}
