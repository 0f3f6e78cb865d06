//! The chunks of a stored result with segments of some types only, one chunk after another.

use bytes::Bytes;
use docket_contract::document::{Chunk, SegmentType};
use docket_jobs::Error;

use super::stored::StoredResult;
use crate::ServerState;

/// Where the reading is.
pub(super) struct Filtering {
    pub(super) result: Box<StoredResult>,
    kept: Vec<SegmentType>,
    /// The next chunk.
    next: usize,
    /// Chunks that were sent.
    sent: usize,
}

impl Filtering {
    pub(super) fn new(result: Box<StoredResult>, kept: Vec<SegmentType>) -> Self {
        Self { result, kept, next: 0, sent: 0 }
    }

    /// The next chunk that has such segments.
    pub(super) async fn next(&mut self, state: &ServerState) -> Result<Option<Chunk>, Error> {
        while let Some(end) = self.result.head.index.chunk_ends.get(self.next).copied() {
            let before =
                self.next.checked_sub(1).map(|index| self.result.head.index.chunk_ends[index]);
            // Behind the bracket, or behind a comma.
            let begin = before.unwrap_or(0) + 1;
            self.next += 1;
            let stored = self.result.read(state, begin..end).await?;
            let mut chunk: Chunk = serde_json::from_slice(&stored)
                .map_err(|error| Error::Internal(Box::new(error)))?;
            if chunk.retain_types(&self.kept) {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    /// The chunk as an entry of the list.
    pub(super) fn entry(&mut self, chunk: &Chunk) -> Result<Bytes, Error> {
        let mut entry = vec![if self.sent == 0 { b'[' } else { b',' }];
        serde_json::to_writer(&mut entry, chunk)
            .map_err(|error| Error::Internal(Box::new(error)))?;
        self.sent += 1;
        Ok(entry.into())
    }

    /// The end of the list, and the number of its entries.
    pub(super) fn end(&self) -> Bytes {
        let end = if self.sent == 0 { "[]" } else { "]" };
        format!("{end},\"total_chunks\":{}", self.sent).into()
    }
}
