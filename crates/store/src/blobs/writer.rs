//! Writing a blob.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};

use super::error::BlobError;

/// Bytes of one allocation: small pieces of a client are copied together, so that none of them
/// holds a whole read buffer of its connection.
const PIECE_BYTES: usize = 256 * 1024;

/// A blob on its way in. It holds one part in memory, however large the blob.
#[derive(Debug)]
pub struct BlobWriter {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    part_bytes: usize,
    piece: BytesMut,
    part: Vec<Bytes>,
    upload: Option<Box<dyn MultipartUpload>>,
    written_bytes: u64,
}

impl BlobWriter {
    /// Parts are of `part_bytes`, a multiple of [`PIECE_BYTES`], all but the last.
    pub(super) fn new(objects: Arc<dyn ObjectStore>, path: Path, part_bytes: usize) -> Self {
        Self {
            objects,
            path,
            part_bytes,
            piece: BytesMut::new(),
            part: Vec::new(),
            upload: None,
            written_bytes: 0,
        }
    }

    /// Appends bytes; waits for the storage when a part is full.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), BlobError> {
        self.written_bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = PIECE_BYTES - self.piece.len();
            let taken = bytes.split_to(room.min(bytes.len()));
            self.piece.extend_from_slice(&taken);
            if self.piece.len() == PIECE_BYTES {
                self.part.push(self.piece.split().freeze());
                if self.part.len() * PIECE_BYTES >= self.part_bytes {
                    self.put_part().await?;
                }
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
        self.part.push(self.piece.split().freeze());
        if self.upload.is_none() {
            let whole = PutPayload::from_iter(self.part.drain(..));
            self.objects.put(&self.path, whole).await?;
            return Ok(());
        }
        self.put_part().await?;
        if let Some(upload) = &mut self.upload {
            upload.complete().await?;
            self.upload = None;
        }
        Ok(())
    }

    async fn put_part(&mut self) -> Result<(), BlobError> {
        let part = PutPayload::from_iter(self.part.drain(..));
        if part.content_length() == 0 {
            return Ok(());
        }
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.objects.put_multipart(&self.path).await?),
        };
        upload.put_part(part).await?;
        Ok(())
    }
}

impl Drop for BlobWriter {
    /// Takes back the parts of a blob that was given up. Where this does not come about (a killed
    /// process), a local folder keeps a file with `#` in its name and a bucket an unfinished
    /// upload, which a lifecycle rule of the bucket removes.
    fn drop(&mut self) {
        let Some(mut upload) = self.upload.take() else { return };
        let path = self.path.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(blob.key = %path, %error, "unfinished blob could not be removed");
                }
            });
        }
    }
}
