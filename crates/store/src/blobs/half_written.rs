//! Unfinished files of killed processes.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What stands in the names of files that are being written, and in no key.
const MARK: char = '#';

/// Removes files below the folder that were last written to so long ago and never finished; answers
/// how many. A slow upload writes every few minutes.
#[expect(clippy::disallowed_methods, reason = "the times of files are of the host's clock")]
pub(super) fn remove(folder: &Path, age: Duration) -> io::Result<usize> {
    let Some(before) = SystemTime::now().checked_sub(age) else { return Ok(0) };
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            removed += remove(&entry.path(), age)?;
        } else if kind.is_file() && entry.file_name().to_string_lossy().contains(MARK) {
            match remove_if_older(&entry, before) {
                Ok(is_removed) => removed += usize::from(is_removed),
                // Finished, or removed by another process, in between.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(removed)
}

fn remove_if_older(entry: &fs::DirEntry, before: SystemTime) -> io::Result<bool> {
    let is_older = entry.metadata()?.modified()? < before;
    if is_older {
        fs::remove_file(entry.path())?;
    }
    Ok(is_older)
}
