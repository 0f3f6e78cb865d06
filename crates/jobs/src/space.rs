//! The free space that submits do not use, so that running jobs can still store their results.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::Error;

/// How long a look at the disks serves.
const LOOK_AGE_MAX: Duration = Duration::from_millis(250);

/// Returns the bytes that are free for this process on the disk of a folder.
pub type FreeBytes = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// Looks at the disks of some folders.
pub struct SpaceWatch {
    folders: Vec<PathBuf>,
    min_bytes: u64,
    free_bytes: FreeBytes,
    last: Mutex<Option<(Instant, Option<PathBuf>)>>,
}

impl fmt::Debug for SpaceWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpaceWatch")
            .field("folders", &self.folders)
            .field("min_bytes", &self.min_bytes)
            .finish_non_exhaustive()
    }
}

impl SpaceWatch {
    /// At least `min_bytes` are to stay free on the disk of each folder.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>, min_bytes: u64) -> Self {
        Self::with_reader(folders, min_bytes, Arc::new(free_bytes))
    }

    /// The same with another way to look.
    #[must_use]
    pub fn with_reader(folders: Vec<PathBuf>, min_bytes: u64, free_bytes: FreeBytes) -> Self {
        Self { folders, min_bytes, free_bytes, last: Mutex::default() }
    }

    /// An error if a disk has less free space than is to stay free.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.full_folder() {
            None => Ok(()),
            Some(folder) => Err(Error::StorageFull(format!(
                "less than {} MiB are free on the disk of {}",
                self.min_bytes / (1024 * 1024),
                folder.display()
            ))),
        }
    }

    /// The bytes that are free on the disk of each folder.
    pub(crate) fn free(&self) -> Vec<(&Path, u64)> {
        let one = |folder: &'_ PathBuf| (self.free_bytes)(folder).ok();
        self.folders.iter().filter_map(|folder| Some((folder.as_path(), one(folder)?))).collect()
    }

    fn full_folder(&self) -> Option<PathBuf> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, full)) = last.as_ref()
            && at.elapsed() < LOOK_AGE_MAX
        {
            return full.clone();
        }
        // The next write shows the fault of a disk that cannot be queried.
        let is_full = |folder: &&PathBuf| {
            (self.free_bytes)(folder).is_ok_and(|free_bytes| free_bytes < self.min_bytes)
        };
        let full = self.folders.iter().find(is_full).cloned();
        *last = Some((Instant::now(), full.clone()));
        full
    }
}

fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(free: &'static [u64], min_bytes: u64) -> Result<(), Error> {
        let folders = (0..free.len()).map(|place| PathBuf::from(place.to_string())).collect();
        let reader = move |folder: &Path| {
            let place: usize = folder.to_str().unwrap().parse().unwrap();
            match free[place] {
                0 => Err(io::Error::from(io::ErrorKind::NotFound)),
                bytes => Ok(bytes),
            }
        };
        SpaceWatch::with_reader(folders, min_bytes, Arc::new(reader)).check()
    }

    #[test]
    fn the_fullest_disk_decides() {
        assert!(check(&[10, 10], 10).is_ok());
        assert!(matches!(check(&[10, 9], 10), Err(Error::StorageFull(_))));
        assert!(check(&[0, 10], 10).is_ok(), "what cannot be looked at is not held full");
        assert!(check(&[], 10).is_ok());
    }

    #[test]
    fn this_machine_has_free_space() {
        assert!(free_bytes(Path::new("/")).unwrap() > 0);
        let watch = |min_bytes| SpaceWatch::new(vec![std::env::temp_dir()], min_bytes);
        assert!(watch(1).check().is_ok());
        let text = watch(u64::MAX).check().unwrap_err().to_string();
        assert!(text.contains(std::env::temp_dir().to_str().unwrap()), "{text}");
    }
}
