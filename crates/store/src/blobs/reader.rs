//! Reading a blob or a part of one.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::GetResult;

use super::error::BlobError;

/// A part of a blob, as HTTP's `Range` asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobRange {
    /// From the first byte to the last, both included; to the end without a last.
    From {
        /// Offset of the first byte.
        first: u64,
        /// Offset of the last byte.
        last: Option<u64>,
    },
    /// So many bytes before the end.
    Suffix(u64),
}

impl BlobRange {
    /// The bytes that a blob of this size has of it; `None` if there are none.
    pub(super) fn within(self, size_bytes: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From { first, last } => {
                let end = last.map_or(size_bytes, |last| last.saturating_add(1));
                first..end.min(size_bytes)
            }
            Self::Suffix(count) => size_bytes.saturating_sub(count)..size_bytes,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// A blob on its way out.
pub struct BlobReader {
    size_bytes: u64,
    range: Range<u64>,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
}

impl BlobReader {
    pub(super) fn new(found: GetResult) -> Self {
        Self {
            size_bytes: found.meta.size,
            range: found.range.clone(),
            stream: found.into_stream(),
        }
    }

    /// Reads from memory what never was a blob.
    #[must_use]
    pub fn in_memory(bytes: Bytes) -> Self {
        let size_bytes = bytes.len() as u64;
        let stream = futures_util::stream::once(async move { Ok(bytes) }).boxed();
        Self { size_bytes, range: 0..size_bytes, stream }
    }

    /// Length of the whole blob.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The offsets of the bytes that come.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
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

    #[test]
    fn ranges_end_where_the_blob_ends() {
        let from = |first, last| BlobRange::From { first, last };
        for (range, want) in [
            (from(0, None), Some(0..10)),
            (from(3, Some(5)), Some(3..6)),
            (from(9, Some(u64::MAX)), Some(9..10)),
            (from(10, None), None),
            (from(5, Some(4)), None),
            (BlobRange::Suffix(4), Some(6..10)),
            (BlobRange::Suffix(99), Some(0..10)),
            (BlobRange::Suffix(0), None),
        ] {
            assert_eq!(range.within(10), want, "{range:?}");
        }
        assert_eq!(from(0, None).within(0), None);
    }
}
