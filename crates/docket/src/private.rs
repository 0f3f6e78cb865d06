//! Restricts database, documents, results and keys to their owner, also in folders that existed
//! before.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use docket_store::{BlobsConfig, DatabaseConfig};
use rustix::fs::Mode;

use crate::config::DataConfig;

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;

/// Beginnings of the names that this program puts into a data folder, and `lost+found` of a folder that
/// is a disk of its own.
const OWN_NAMES: [&str; 8] = [
    "docket.sqlite",
    "blobs",
    "serve.lock",
    API_KEY_FILE,
    QUICKSTART_KEY_FILE,
    "uploads",
    "results",
    "lost+found",
];

/// The file with the first key of an installation, if it was not printed.
pub(crate) const API_KEY_FILE: &str = "api-key";

/// The file with the key of `docket quickstart`, which the next run uses again.
pub(crate) const QUICKSTART_KEY_FILE: &str = "quickstart-key";

/// Restricts every file that this process creates from now on to its owner.
pub(crate) fn keep_new_files_private() {
    rustix::process::umask(Mode::from_raw_mode(0o077));
}

/// Creates a folder for its owner alone, unless it exists.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(FOLDER)
        .create(folder)
        .with_context(|| format!("the data folder {} cannot be created", folder.display()))
}

/// Removes the rights of other users from existing files. A file that cannot be changed causes a
/// warning, not an error: it may be intended.
pub(crate) fn restrict(data: &DataConfig) {
    if data.uses_data_dir() {
        restrict_own_folder(&data.data_dir);
    }
    if let DatabaseConfig::Sqlite { path } = &data.database {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            restrict_one(&PathBuf::from(name), FILE);
        }
    }
    for name in ["serve.lock", API_KEY_FILE, QUICKSTART_KEY_FILE] {
        restrict_one(&data.data_dir.join(name), FILE);
    }
    if let BlobsConfig::Folder(folder) = &data.blobs
        && is_open_to_others(folder)
    {
        restrict_own_folder(folder);
        let folder = folder.clone();
        // There may be many. The folder itself is closed by now.
        std::thread::spawn(move || restrict_below(&folder));
    }
}

/// Writes a key to a file of the data folder that only its owner can read; returns its path.
pub(crate) fn write_key(data_dir: &Path, name: &str, key: &str) -> anyhow::Result<PathBuf> {
    make_folder(data_dir)?;
    let path = data_dir.join(name);
    let written = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(FILE).open(&path)?;
        file.set_permissions(fs::Permissions::from_mode(FILE))?;
        writeln!(file, "{key}")?;
        file.sync_all()
    };
    written().with_context(|| format!("the key cannot be written to {}", path.display()))?;
    Ok(path)
}

/// Restricts a folder that has only this program's files. A shared one (`/tmp`, a home) is left as it
/// is; the files of this program in it are restricted.
fn restrict_own_folder(folder: &Path) {
    let is_own = |entry: std::io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            OWN_NAMES.iter().any(|own| name.to_string_lossy().starts_with(own))
        })
    };
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.all(is_own)) {
        restrict_one(folder, FOLDER);
    }
}

fn restrict_below(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                restrict_one(&entry.path(), FOLDER);
                restrict_below(&entry.path());
            }
            Ok(kind) if kind.is_file() => restrict_one(&entry.path(), FILE),
            _ => {}
        }
    }
}

fn is_open_to_others(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.mode() & 0o077 != 0)
}

fn restrict_one(path: &Path, mode: u32) {
    if !is_open_to_others(path) || path.is_symlink() {
        return;
    }
    if let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        tracing::warn!(path = %path.display(), %error, "other users can read this file, and its mode cannot be changed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn open_to_all(path: &Path) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_there_is_restricted_and_what_is_shared_is_left() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("own");
        fs::create_dir_all(own.join("blobs/uploads")).unwrap();
        let paths = ["docket.sqlite", "docket.sqlite-wal", "docket.sqlite-shm", "blobs/uploads/a"];
        let paths = paths.map(|name| own.join(name));
        for path in &paths {
            fs::write(path, "x").unwrap();
            open_to_all(path);
        }
        let folders = [own.clone(), own.join("blobs"), own.join("blobs/uploads")];
        folders.iter().for_each(|folder| open_to_all(folder));
        let data = DataConfig {
            data_dir: own.clone(),
            database: DatabaseConfig::Sqlite { path: own.join("docket.sqlite") },
            blobs: BlobsConfig::Folder(own.join("blobs")),
            blobs_by_default: true,
        };
        restrict(&data);
        assert_eq!(folders[..2].iter().map(|folder| mode(folder)).collect::<Vec<_>>(), [0o700; 2]);
        assert_eq!(paths[..3].iter().map(|path| mode(path)).collect::<Vec<_>>(), [0o600; 3]);
        restrict_below(&own.join("blobs"));
        assert_eq!((mode(&folders[2]), mode(&paths[3])), (0o700, 0o600));

        fs::write(own.join("somebody-elses"), "x").unwrap();
        open_to_all(&own);
        open_to_all(&paths[0]);
        restrict(&data);
        assert_eq!((mode(&own), mode(&paths[0])), (0o755, 0o600), "a shared folder is left");
    }

    #[test]
    fn a_key_is_written_for_its_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("new");
        for key in ["first", "second"] {
            let path = write_key(&folder, API_KEY_FILE, key).unwrap();
            assert_eq!(
                (mode(&path), fs::read_to_string(&path).unwrap()),
                (0o600, format!("{key}\n"))
            );
            open_to_all(&path);
        }
        assert_eq!(mode(&folder), 0o700);
    }
}
