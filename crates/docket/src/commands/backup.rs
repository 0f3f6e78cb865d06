//! `docket backup` and `docket restore`: the embedded database and the folder of documents.
//!
//! Documents and results are written once, under names that are never used again. So the copy takes
//! them before and after it takes the rows: a document that a row names was there at one of both
//! times. What is deleted meanwhile may be in the copy; it only takes space.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use docket_store::{BlobsConfig, DatabaseConfig, check_embedded, copy_embedded};

use crate::cli::{BackupArgs, RestoreArgs};
use crate::commands::documents::results::counted;
use crate::config::DataConfig;
use crate::exit::Exit;
use crate::private;
use crate::rooms;

/// The names in a backup; those of a data folder.
const DATABASE: &str = "docket.sqlite";
const BLOBS: &str = "blobs";

pub(crate) async fn backup(arguments: BackupArgs) -> anyhow::Result<Exit> {
    let data = arguments.data.checked()?;
    tokio::task::spawn_blocking(move || copy_out(&data, &arguments.target)).await?
}

pub(crate) async fn restore(arguments: RestoreArgs) -> anyhow::Result<Exit> {
    let data = arguments.data.checked()?;
    tokio::task::spawn_blocking(move || copy_back(&arguments.source, &data)).await?
}

fn copy_out(data: &DataConfig, target: &Path) -> anyhow::Result<Exit> {
    private::keep_new_files_private();
    let database = embedded(data)?;
    rooms::require_database(data)?;
    if target.exists() {
        return Err(Exit::Usage.error(format!("{} exists already", target.display())));
    }
    // Under its own name only when it is complete.
    let mut unfinished = target.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)
            .with_context(|| format!("{} cannot be removed", unfinished.display()))?;
    }
    private::make_folder(&unfinished)?;
    let mut copied = Copied::default();
    let blobs = match &data.blobs {
        BlobsConfig::Folder(folder) => Some(folder),
        BlobsConfig::Bucket(_) => None,
    };
    if let Some(folder) = blobs {
        copied.add_new(folder, &unfinished.join(BLOBS))?;
    }
    let copy = unfinished.join(DATABASE);
    copy_embedded(database, &copy).context("the database cannot be copied")?;
    check_embedded(&copy).context("the copy of the database is damaged")?;
    if let Some(folder) = blobs {
        copied.add_new(folder, &unfinished.join(BLOBS))?;
    }
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, target)
        .with_context(|| format!("{} cannot be created", target.display()))?;
    let files = counted(copied.files, "file");
    crate::say!("{}: the database and {files}, {} bytes", target.display(), copied.bytes);
    if blobs.is_none() {
        crate::say!(
            "Documents and results are in {}: copy them too.",
            rooms::place_of(&data.blobs)
        );
    }
    Ok(Exit::Done)
}

fn copy_back(source: &Path, data: &DataConfig) -> anyhow::Result<Exit> {
    private::keep_new_files_private();
    let database = embedded(data)?;
    let copy = source.join(DATABASE);
    if !copy.is_file() {
        return Err(Exit::Usage.error(format!("{} is no backup of Docket", source.display())));
    }
    if rooms::is_served(data) {
        return Err(Exit::Usage.error(format!(
            "a docket process serves {}: stop it and move the folder away first",
            data.data_dir.display()
        )));
    }
    let blobs = match &data.blobs {
        BlobsConfig::Folder(folder) => Some(folder),
        BlobsConfig::Bucket(_) => None,
    };
    let places = [Some(database), blobs.map(PathBuf::as_path)];
    if let Some(place) = places.into_iter().flatten().find(|place| place.exists()) {
        return Err(Exit::Usage.error(format!(
            "{} exists already: move it away, or name another folder with --data-dir",
            place.display()
        )));
    }
    check_embedded(&copy).context("the backup is damaged")?;
    private::make_folder(&data.data_dir)?;
    // Nobody starts to serve the folder meanwhile.
    let _lock = rooms::lock_for_serving(data)?;
    let mut copied = Copied::default();
    if let Some(folder) = blobs {
        copied.add_new(&source.join(BLOBS), folder)?;
    }
    // Last: a folder without it holds no data that a server would use.
    let unfinished = database.with_extension("sqlite.unfinished");
    fs::copy(&copy, &unfinished)?;
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, database)?;
    fs::File::open(&data.data_dir)?.sync_all()?;
    let files = counted(copied.files, "file");
    crate::say!("{}: the database and {files}, {} bytes", data.data_dir.display(), copied.bytes);
    Ok(Exit::Done)
}

/// The file of the database; an error if it is Postgres.
fn embedded(data: &DataConfig) -> anyhow::Result<&Path> {
    match &data.database {
        DatabaseConfig::Sqlite { path } => Ok(path),
        DatabaseConfig::Postgres { .. } => Err(Exit::Usage.error(
            "this command is for the embedded database: use pg_dump for Postgres, then copy the \
             documents (docs/operations.md)",
        )),
    }
}

#[derive(Debug, Default)]
struct Copied {
    files: u64,
    bytes: u64,
}

impl Copied {
    /// Copies every file that the target lacks. Files that are being written, or that are deleted
    /// meanwhile, are left out.
    fn add_new(&mut self, from: &Path, to: &Path) -> anyhow::Result<()> {
        ensure!(!to.starts_with(from), "{} is inside the folder of documents", to.display());
        if !from.exists() {
            return Ok(());
        }
        let mut folders = vec![PathBuf::new()];
        while let Some(below) = folders.pop() {
            private::make_folder(&to.join(&below))?;
            let source = from.join(&below);
            let entries = fs::read_dir(&source)
                .with_context(|| format!("{} cannot be read", source.display()))?;
            for entry in entries {
                let entry = entry?;
                let place = below.join(entry.file_name());
                let target = to.join(&place);
                if entry.file_type()?.is_dir() {
                    folders.push(place);
                } else if !entry.file_name().to_string_lossy().contains('#') && !target.exists() {
                    self.copy(&entry.path(), &target)?;
                }
            }
            fs::File::open(to.join(&below))?.sync_all()?;
        }
        Ok(())
    }

    fn copy(&mut self, from: &Path, to: &Path) -> anyhow::Result<()> {
        match fs::copy(from, to) {
            Ok(bytes) => {
                fs::File::open(to)?.sync_all()?;
                self.files += 1;
                self.bytes += bytes;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => {
                Err(error).with_context(|| format!("{} cannot be copied", from.display()))
            }
        }
    }
}
