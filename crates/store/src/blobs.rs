//! Documents and results as blobs behind typed keys: files of a local folder, or objects of a
//! bucket that speaks S3.
//!
//! A blob is there whole or not at all, and once it is there it survives a power cut: files and
//! their folders are synced before [`BlobWriter::finish`] answers, and a bucket answers when it
//! has stored. Every key is written once, so nothing here needs a lock of the storage.

mod bucket;
mod error;
mod half_written;
mod reader;
mod writer;

use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use docket_contract::BlobKey;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

pub use bucket::BucketConfig;
pub use error::BlobError;
pub use reader::{BlobRange, BlobReader};
pub use writer::BlobWriter;

/// Bytes that a writer to a local file gathers before it hands them on.
const FILE_PART_BYTES: usize = 512 * 1024;

/// S3 refuses parts below 5 MiB, all but the last; larger ones would only hold more memory.
const BUCKET_PART_BYTES: usize = 5 * 1024 * 1024;

/// Where blobs lie.
#[derive(Clone, Debug)]
pub enum BlobsConfig {
    /// Files below a folder, which is made if missing.
    Folder(PathBuf),
    /// Objects of a bucket.
    Bucket(BucketConfig),
}

/// The place of all blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    part_bytes: usize,
    folder: Option<PathBuf>,
}

impl Blobs {
    /// Opens the place of blobs. A bucket is not asked anything yet: see [`Blobs::check`].
    ///
    /// # Errors
    /// If the folder cannot be made, or the settings of the bucket do not fit together.
    pub fn open(config: &BlobsConfig) -> Result<Self, BlobError> {
        match config {
            BlobsConfig::Folder(folder) => Self::local(folder),
            BlobsConfig::Bucket(config) => {
                let objects = PrefixStore::new(config.open()?, config.prefix.as_str());
                Ok(Self { objects: Arc::new(objects), part_bytes: BUCKET_PART_BYTES, folder: None })
            }
        }
    }

    /// Blobs as files below a local folder, which is made if missing.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn local(folder: &FsPath) -> Result<Self, BlobError> {
        std::fs::create_dir_all(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self {
            objects: Arc::new(files),
            part_bytes: FILE_PART_BYTES,
            folder: Some(folder.to_owned()),
        })
    }

    /// No place at all, for commands that read and write no document. What is written here is lost.
    #[must_use]
    pub fn none() -> Self {
        Self { objects: Arc::new(InMemory::new()), part_bytes: FILE_PART_BYTES, folder: None }
    }

    /// Writes, reads and removes a small blob: finds a wrong key or a missing bucket before the
    /// first document comes.
    ///
    /// # Errors
    /// If any of it fails.
    pub async fn check(&self) -> Result<(), BlobError> {
        let path = Path::from(BlobKey::upload().as_str());
        let put = self.objects.put(&path, PutPayload::from_static(b"docket")).await;
        // Nothing can be missing for a write but the place itself.
        put.map_err(|error| match error {
            object_store::Error::NotFound { .. } => BlobError::NoSuchBucket,
            other => other.into(),
        })?;
        self.objects.get(&path).await?.bytes().await?;
        self.objects.delete(&path).await?;
        Ok(())
    }

    /// Starts a new blob. Dropped without [`BlobWriter::finish`], it leaves nothing.
    #[must_use]
    pub fn writer(&self, key: &BlobKey) -> BlobWriter {
        BlobWriter::new(Arc::clone(&self.objects), Path::from(key.as_str()), self.part_bytes)
    }

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// If it is not there or cannot be opened.
    pub async fn reader(&self, key: &BlobKey) -> Result<BlobReader, BlobError> {
        let found = self.objects.get(&Path::from(key.as_str())).await?;
        Ok(BlobReader::new(found))
    }

    /// Opens a part of a blob for reading.
    ///
    /// # Errors
    /// If it is not there or cannot be opened; [`BlobError::NotInRange`] for a range beyond it.
    pub async fn reader_of_range(
        &self,
        key: &BlobKey,
        range: BlobRange,
    ) -> Result<BlobReader, BlobError> {
        let path = Path::from(key.as_str());
        let size_bytes = self.objects.head(&path).await?.size;
        let range = range.within(size_bytes).ok_or(BlobError::NotInRange { size_bytes })?;
        let options = object_store::GetOptions::new().with_range(Some(range));
        Ok(BlobReader::new(self.objects.get_opts(&path, options).await?))
    }

    /// Reads a whole blob into memory.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub async fn read(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        Ok(self.objects.get(&Path::from(key.as_str())).await?.bytes().await?)
    }

    /// Reads a part of a blob into memory; less than the range at its end.
    ///
    /// # Errors
    /// If it is not there, begins after its end, or cannot be read.
    pub async fn read_range(
        &self,
        key: &BlobKey,
        range: std::ops::Range<u64>,
    ) -> Result<Bytes, BlobError> {
        let options = object_store::GetOptions::new().with_range(Some(range));
        let found = self.objects.get_opts(&Path::from(key.as_str()), options).await?;
        Ok(found.bytes().await?)
    }

    /// Removes what killed processes left half written, if nothing came to it for so long; answers
    /// how many. Of a bucket a lifecycle rule does it: it does not list unfinished uploads to us.
    ///
    /// # Errors
    /// If the folder cannot be read or a file not be removed.
    pub async fn remove_half_written(&self, age: Duration) -> Result<usize, BlobError> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let removing = tokio::task::spawn_blocking(move || half_written::remove(&folder, age));
        Ok(removing.await.map_err(std::io::Error::other)??)
    }

    /// Removes a blob. One that is not there is removed already.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match self.objects.delete(&Path::from(key.as_str())).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}
