//! Opens the database and the storage, and connects the crates.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use docket_jobs::{Blobs, Feed, Inspector, Jobs, Policy, Serving, SpaceWatch, Store};
use docket_store::{BlobsConfig, Clock, DatabaseConfig, OpenError, StoreConfig};

use crate::config::DataConfig;
use crate::exit::Exit;
use crate::private;

/// The domain over an opened store.
pub(crate) struct Rooms {
    pub(crate) jobs: Jobs,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Blobs,
}

/// What a command may do to the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Creates what is missing, and migrates: `serve`, `quickstart` and `migrate`.
    Create,
    /// Runs jobs of a database that exists. Only an embedded one is migrated.
    Work,
    /// Reads and changes rows of a database that exists, and no documents.
    Rows,
    /// Changes nothing: `doctor`.
    Look,
}

/// Opens store and blobs.
pub(crate) async fn open(
    data: &DataConfig,
    policy: Policy,
    inspector: Arc<dyn Inspector>,
    opening: Opening,
) -> anyhow::Result<Rooms> {
    private::keep_new_files_private();
    if opening != Opening::Create {
        require_database(data)?;
    }
    if matches!(opening, Opening::Create | Opening::Work) && data.uses_data_dir() {
        private::make_folder(&data.data_dir)?;
    }
    if opening != Opening::Look {
        private::restrict(data);
    }
    let config = StoreConfig {
        database: data.database.clone(),
        clock: Clock::database(),
        migrate: match opening {
            Opening::Create => true,
            Opening::Work | Opening::Rows => data.is_embedded(),
            Opening::Look => false,
        },
    };
    let store = docket_store::open(config).await.map_err(|error| match error {
        OpenError::Refused(text) => Exit::Usage.error(text),
        other => anyhow::Error::new(other).context("the database cannot be opened"),
    })?;
    let blobs = match opening {
        Opening::Rows => Blobs::none(),
        Opening::Look if is_missing_folder(&data.blobs) => Blobs::none(),
        _ => Blobs::open(&data.blobs)
            .with_context(|| format!("{} cannot be used", place_of(&data.blobs)))?,
    };
    let watch = SpaceWatch::new(folders_of(data), policy.free_space_min_bytes);
    let jobs = Jobs::new(Arc::clone(&store), blobs.clone(), inspector, policy);
    let jobs = jobs.watching_space(watch);
    Ok(Rooms { jobs, store, blobs })
}

/// An embedded database is created by the commands that serve it. Any other command that finds none
/// was probably started in the wrong folder.
pub(crate) fn require_database(data: &DataConfig) -> anyhow::Result<()> {
    match &data.database {
        DatabaseConfig::Sqlite { path } if !path.exists() => Err(Exit::Usage.error(format!(
            "there is no Docket database in {}: name its folder with --data-dir, or create a \
             database there with docket serve or docket migrate",
            data.data_dir.display()
        ))),
        _ => Ok(()),
    }
}

fn is_missing_folder(config: &BlobsConfig) -> bool {
    matches!(config, BlobsConfig::Folder(folder) if !folder.exists())
}

/// Warns if other nodes of this database cannot read the documents of this one.
pub(crate) fn warn_of_own_documents(data: &DataConfig) {
    if data.has_documents_of_its_own() {
        tracing::warn!(
            blob_url = %place_of(&data.blobs),
            "documents and results are in a folder of this machine: other nodes of this Postgres \
             cannot read them. Set blob_url to a bucket or a shared folder"
        );
    }
}

/// The folders on this machine that jobs fill.
pub(crate) fn folders_of(data: &DataConfig) -> Vec<PathBuf> {
    let database = data.is_embedded().then(|| data.data_dir.clone());
    let blobs = match &data.blobs {
        BlobsConfig::Folder(folder) => Some(folder.clone()),
        BlobsConfig::Bucket(_) => None,
    };
    database.into_iter().chain(blobs).collect()
}

/// How long a node waits for its place, because the previous node may be shutting down.
const PLACE_WAIT: Duration = Duration::from_secs(3);

const PLACE_LOOK_PERIOD: Duration = Duration::from_millis(100);

/// Takes this node's place among the API nodes, and the feed that comes with it.
pub(crate) async fn take_place(
    store: &dyn Store,
    serving: Serving,
) -> anyhow::Result<Box<dyn Feed>> {
    let begun = Instant::now();
    loop {
        match store.open_feed(serving).await {
            Ok(feed) => return Ok(feed),
            Err(docket_store::Error::Conflict(_)) if begun.elapsed() < PLACE_WAIT => {
                tokio::time::sleep(PLACE_LOOK_PERIOD).await;
            }
            Err(docket_store::Error::Conflict(_)) => {
                return Err(Exit::Usage.error(match serving {
                    Serving::Alone => {
                        "another API node serves this database; --sole-api-node requires that there is only one"
                    }
                    Serving::Together => {
                        "an API node with --sole-api-node serves this database; start it without \
                         the flag to serve with several nodes"
                    }
                }));
            }
            Err(error) => {
                return Err(anyhow::Error::new(error).context("the change feed cannot be opened"));
            }
        }
    }
}

/// Finds a missing bucket or a wrong key at start, before the first client does.
pub(crate) async fn check_storage(rooms: &Rooms, config: &BlobsConfig) -> anyhow::Result<()> {
    let checked = rooms.blobs.check().await;
    checked.with_context(|| format!("{} cannot be written and read", place_of(config)))
}

pub(crate) fn place_of(config: &BlobsConfig) -> String {
    match config {
        BlobsConfig::Folder(folder) => format!("the folder {}", folder.display()),
        BlobsConfig::Bucket(bucket) => format!("the bucket {}", bucket.bucket),
    }
}

/// Held by the one process that serves an embedded database; released when dropped.
#[derive(Debug)]
pub(crate) struct ServingLock {
    _file: Option<File>,
}

/// True if a process serves this embedded database.
pub(crate) fn is_served(data: &DataConfig) -> bool {
    let file = File::options().write(true).open(data.data_dir.join("serve.lock"));
    data.is_embedded()
        && file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Takes the lock of the data folder, where the database is embedded.
pub(crate) fn lock_for_serving(data: &DataConfig) -> anyhow::Result<ServingLock> {
    if !data.is_embedded() {
        return Ok(ServingLock { _file: None });
    }
    private::make_folder(&data.data_dir)?;
    let path = data.data_dir.join("serve.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("{} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(ServingLock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(Exit::Usage.error(format!(
            "another docket process already serves {}: one data folder is served by one process \
             (more processes can run its jobs: docket work --data-dir {0})",
            data.data_dir.display()
        ))),
        Err(TryLockError::Error(error)) => {
            Err(anyhow::Error::new(error).context(format!("{} cannot be locked", path.display())))
        }
    }
}
