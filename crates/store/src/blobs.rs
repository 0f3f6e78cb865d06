//! Documents and results as blobs behind typed keys; a local folder by default.
//!
//! A blob is there whole or not at all, and once it is there it survives a power cut: files and
//! their folders are synced before [`BlobWriter::finish`] answers.

use std::path::Path as FsPath;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use docket_contract::BlobKey;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};

/// Bytes that a writer gathers before it hands them on: the memory that one upload holds.
const PART_BYTES: usize = 512 * 1024;

/// The place of all blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
}

/// A blob could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("blob not found: {0}")]
    NotFound(String),
    /// The storage failed.
    #[error("blob storage failed: {0}")]
    Storage(#[source] object_store::Error),
    /// The folder cannot be made.
    #[error("blob folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::NotFound(path),
            other => Self::Storage(other),
        }
    }
}

impl Blobs {
    /// Blobs as files below a local folder, which is made if missing.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn local(folder: &FsPath) -> Result<Self, BlobError> {
        std::fs::create_dir_all(folder)?;
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { objects: Arc::new(files) })
    }

    /// Starts a new blob. Dropped without [`BlobWriter::finish`], it leaves nothing.
    #[must_use]
    pub fn writer(&self, key: &BlobKey) -> BlobWriter {
        BlobWriter {
            objects: Arc::clone(&self.objects),
            path: Path::from(key.as_str()),
            gathered: BytesMut::new(),
            upload: None,
            written_bytes: 0,
        }
    }

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// If it is not there or cannot be opened.
    pub async fn reader(&self, key: &BlobKey) -> Result<BlobReader, BlobError> {
        let found = self.objects.get(&Path::from(key.as_str())).await?;
        Ok(BlobReader { size_bytes: found.meta.size, stream: found.into_stream() })
    }

    /// Reads a whole blob into memory.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub async fn read(&self, key: &BlobKey) -> Result<Bytes, BlobError> {
        Ok(self.objects.get(&Path::from(key.as_str())).await?.bytes().await?)
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

/// A blob on its way in.
#[derive(Debug)]
pub struct BlobWriter {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    gathered: BytesMut,
    upload: Option<Box<dyn MultipartUpload>>,
    written_bytes: u64,
}

impl BlobWriter {
    /// Appends bytes; waits for the storage when a part is full.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), BlobError> {
        self.written_bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = PART_BYTES - self.gathered.len();
            let taken = bytes.split_to(room.min(bytes.len()));
            self.gathered.extend_from_slice(&taken);
            if self.gathered.len() == PART_BYTES {
                self.put_gathered().await?;
            }
        }
        Ok(())
    }

    /// Bytes appended so far.
    #[must_use]
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// Makes the blob visible and durable.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn finish(mut self) -> Result<(), BlobError> {
        if self.upload.is_none() {
            let whole = PutPayload::from_bytes(self.gathered.split().freeze());
            self.objects.put(&self.path, whole).await?;
            return Ok(());
        }
        self.put_gathered().await?;
        if let Some(mut upload) = self.upload.take() {
            upload.complete().await?;
        }
        Ok(())
    }

    async fn put_gathered(&mut self) -> Result<(), BlobError> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.objects.put_multipart(&self.path).await?),
        };
        let part = self.gathered.split().freeze();
        upload.put_part(PutPayload::from_bytes(part)).await?;
        Ok(())
    }
}

/// A blob on its way out.
pub struct BlobReader {
    size_bytes: u64,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
}

impl BlobReader {
    /// Reads from memory what never was a blob.
    #[must_use]
    pub fn in_memory(bytes: Bytes) -> Self {
        let size_bytes = bytes.len() as u64;
        let stream = futures_util::stream::once(async move { Ok(bytes) }).boxed();
        Self { size_bytes, stream }
    }

    /// Length of the whole blob.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the storage fails in mid-blob.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        Ok(self.stream.try_next().await?)
    }

    /// The pieces as a stream.
    #[must_use]
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, BlobError>> {
        self.stream.map_err(BlobError::from).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn blobs_of_every_size_come_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::local(folder.path()).unwrap();
        for size in [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 17] {
            let want: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let key = BlobKey::upload();
            let mut writer = blobs.writer(&key);
            for piece in want.chunks(100_003) {
                writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
            }
            assert_eq!(writer.written_bytes(), size as u64);
            writer.finish().await.unwrap();
            assert_eq!(blobs.read(&key).await.unwrap(), want);
            assert_eq!(blobs.reader(&key).await.unwrap().size_bytes(), size as u64);
            blobs.delete(&key).await.unwrap();
            assert!(matches!(blobs.read(&key).await, Err(BlobError::NotFound(_))));
            blobs.delete(&key).await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_unfinished_blob_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::local(folder.path()).unwrap();
        let key = BlobKey::result();
        let mut writer = blobs.writer(&key);
        writer.write(Bytes::from(vec![7; 2 * PART_BYTES])).await.unwrap();
        drop(writer);
        assert!(matches!(blobs.read(&key).await, Err(BlobError::NotFound(_))));
    }
}
