//! What this machine has: memory, disk, the port of the API, rights to create folders.

use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use docket_worker::WorkerSettings;
use rustix::fs::{Access, access, statvfs};

use crate::config::Config;
use crate::limits::memory_of_machine;
use crate::rooms::{folders_of, is_served};

const MEBIBYTE: u64 = 1024 * 1024;

/// Whether the memory of the machine is enough for what the settings allow.
pub(super) fn memory(worker: &WorkerSettings) -> anyhow::Result<String> {
    let (total, machine) = (worker.memory.total_bytes() / MEBIBYTE, memory_of_machine() / MEBIBYTE);
    ensure!(
        machine == 0 || total <= machine,
        "memory_total_mb = {total} is more than this machine or its control group has ({machine} \
         MiB)"
    );
    let jobs = match worker.slots_with_memory() {
        1 => "1 job".to_owned(),
        jobs => format!("{jobs} jobs at the same time"),
    };
    Ok(format!("{total} MiB of {machine} MiB for engine children and OCR: {jobs}"))
}

/// Free space on the disks of the data.
pub(super) fn disk(config: &Config) -> anyhow::Result<String> {
    let min_mb = config.policy.free_space_min_bytes / MEBIBYTE;
    let folders = folders_of(&config.data);
    let mut free_mb = None;
    for folder in &folders {
        let place = existing(folder);
        let disk = statvfs(place).with_context(|| format!("{}", place.display()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize) / MEBIBYTE;
        ensure!(
            free >= min_mb,
            "{free} MiB are free on the disk of {}; submits are refused below {min_mb} MiB \
             (free_space_min_mb)",
            folder.display()
        );
        free_mb = Some(free_mb.map_or(free, |least: u64| least.min(free)));
    }
    Ok(match free_mb {
        Some(free) => format!("{free} MiB are free"),
        None => "no data on this machine".to_owned(),
    })
}

/// Whether the API can listen.
pub(super) fn port(config: &Config) -> anyhow::Result<String> {
    match TcpListener::bind(config.listen) {
        Ok(_) => Ok(format!("{} is free", config.listen)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && is_served(&config.data) => {
            Ok(format!("{} is in use, and a docket process serves this data", config.listen))
        }
        Err(error) => bail!("cannot listen on {}: {error} (--listen)", config.listen),
    }
}

/// Whether a folder that does not exist can be created.
pub(super) fn can_create(folder: &Path) -> anyhow::Result<()> {
    let place = existing(folder);
    ensure!(place.is_dir(), "{} is not a folder", place.display());
    access(place, Access::WRITE_OK | Access::EXEC_OK)
        .with_context(|| format!("{} cannot be created in {}", folder.display(), place.display()))
}

/// The folder itself, or the nearest one above it that exists.
fn existing(folder: &Path) -> &Path {
    let above = folder.ancestors().find(|place| place.exists());
    above.filter(|place| !place.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_is_judged_by_the_one_above_it() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(existing(&root.path().join("a/b")), root.path());
        assert_eq!(existing(Path::new("no-such-folder")), Path::new("."));
        assert!(can_create(&root.path().join("a/b")).is_ok());
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(can_create(&file.path().join("folder")).is_err());
        assert!(!root.path().join("a").exists());
    }
}
