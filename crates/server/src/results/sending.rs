//! Bodies that are put together from ready texts and the chunks of stored results while they are
//! sent: no body is in memory as a whole.

use std::collections::VecDeque;
use std::io;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes};
use docket_contract::document::{Chunk, SegmentType};
use docket_contract::job::Job;
use docket_contract::stored::PICTURE_ID_BYTES;
use docket_jobs::Linked;
use futures_util::stream;
use serde::Serialize;
use uuid::Uuid;

use super::filtering::Filtering;
use super::stored::StoredResult;
use crate::ServerState;
use crate::problem::{Problem, unreadable};
use crate::routes::links::Links;

/// Bytes of a stored result that are read at once.
const BLOCK_BYTES: u64 = 512 * 1024;

/// Bytes of pictures that one body holds; beyond them, links are sent.
const EMBEDDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// In what form a client wants pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureForm {
    /// Links that are valid for one hour.
    Linked,
    /// `data:` URLs.
    Embedded,
}

impl PictureForm {
    /// By the option `base64_urls`.
    pub(crate) fn wanted(base64_urls: bool) -> Self {
        if base64_urls { Self::Embedded } else { Self::Linked }
    }
}

/// A part of a body.
pub(crate) enum Part {
    /// Ready bytes.
    Text(Bytes),
    /// The list of chunks.
    Chunks(Box<StoredResult>),
    /// The list of chunks with segments of these types only, and `total_chunks`.
    Kept(Box<StoredResult>, Vec<SegmentType>),
    /// The list of chunks, and the other fields that follow it in the stored object.
    ChunksAndMore(Box<StoredResult>),
}

/// Puts something in place of the pictures' ids.
pub(crate) struct Pictures {
    /// The routes' state.
    pub(crate) state: ServerState,
    /// The links of this response.
    pub(crate) links: Links,
    /// What is put there.
    pub(crate) form: PictureForm,
}

/// A body with the chunks of the result, if there is one, as its last field; `close` is how the
/// body ends, whatever object has the chunks.
pub(crate) fn with_chunks(
    body: &impl Serialize,
    chunks: Option<Part>,
    close: &'static str,
) -> Result<Vec<Part>, Problem> {
    let mut json = serde_json::to_vec(body).map_err(unreadable)?;
    let Some(chunks) = chunks else { return Ok(vec![Part::Text(json.into())]) };
    json.truncate(json.len() - close.len());
    json.extend_from_slice(b",\"chunks\":");
    Ok(vec![Part::Text(json.into()), chunks, Part::Text(Bytes::from_static(close.as_bytes()))])
}

/// A JSON response of these parts.
pub(crate) fn json_body(pictures: Pictures, mut parts: Vec<Part>) -> Response {
    let body = match parts.as_mut_slice() {
        [Part::Text(whole)] => Body::from(std::mem::take(whole)),
        _ => streamed(pictures, parts),
    };
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The parts one after another.
fn streamed(pictures: Pictures, parts: Vec<Part>) -> Body {
    let sending = Sending {
        pictures,
        embedded_bytes: 0,
        parts: parts.into(),
        current: None,
        filtering: None,
    };
    Body::from_stream(stream::try_unfold(sending, |mut sending| async move {
        match sending.next().await {
            Ok(piece) => Ok(piece.map(|piece| (piece, sending))),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a result is sent in part"
                );
                Err(error)
            }
        }
    }))
}

struct Sending {
    pictures: Pictures,
    embedded_bytes: usize,
    parts: VecDeque<Part>,
    current: Option<Reading>,
    filtering: Option<Filtering>,
}

/// Where the reading of a stored result is.
struct Reading {
    result: Box<StoredResult>,
    /// The offset of the next byte in the list of chunks.
    at: u64,
    end: u64,
    /// Bytes that are read and not yet sent.
    ready: Bytes,
    /// The next entry of the index.
    picture: usize,
}

impl Sending {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            if let Some(mut reading) = self.current.take() {
                let piece = self.piece(&mut reading).await.map_err(io::Error::other)?;
                if let Some(piece) = piece {
                    self.current = Some(reading);
                    return Ok(Some(piece));
                }
            }
            if let Some(mut filtering) = self.filtering.take() {
                let next = filtering.next(&self.pictures.state).await.map_err(io::Error::other)?;
                let Some(chunk) = next else { return Ok(Some(filtering.end())) };
                let entry = self.entry(&mut filtering, chunk).await.map_err(io::Error::other)?;
                self.filtering = Some(filtering);
                return Ok(Some(entry));
            }
            match self.parts.pop_front() {
                None => return Ok(None),
                Some(Part::Text(text)) => return Ok(Some(text)),
                Some(Part::Chunks(result)) => {
                    let end = result.head.index.chunks_bytes;
                    self.current = Some(Reading::of(result, end));
                }
                Some(Part::Kept(result, kept)) => {
                    self.filtering = Some(Filtering::new(result, kept));
                }
                Some(Part::ChunksAndMore(result)) => {
                    let end = result.head.index.total_bytes;
                    self.current = Some(Reading::of(result, end));
                }
            }
        }
    }

    async fn piece(&mut self, reading: &mut Reading) -> Result<Option<Bytes>, docket_jobs::Error> {
        if reading.at >= reading.end {
            return Ok(None);
        }
        let picture = reading.result.head.index.pictures.get(reading.picture).copied();
        if let Some((_, id)) = picture.filter(|(at, _)| *at == reading.at) {
            reading.skip(PICTURE_ID_BYTES);
            reading.picture += 1;
            return self.in_place_of(&reading.result.job, id).await.map(Some);
        }
        if reading.ready.is_empty() {
            let until = reading.end.min(reading.at + BLOCK_BYTES);
            reading.ready = reading.result.read(&self.pictures.state, reading.at..until).await?;
            if reading.ready.is_empty() {
                return Err(docket_jobs::Error::Internal("the stored result is cut short".into()));
            }
        }
        let until = picture.map_or(reading.end, |(at, _)| at.min(reading.end));
        let size = usize::try_from(until - reading.at).unwrap_or(usize::MAX);
        let piece = reading.ready.split_to(size.min(reading.ready.len()));
        reading.at += piece.len() as u64;
        Ok(Some(piece))
    }

    /// A chunk with its pictures.
    async fn entry(
        &mut self,
        filtering: &mut Filtering,
        mut chunk: Chunk,
    ) -> Result<Bytes, docket_jobs::Error> {
        for segment in &mut chunk.segments {
            if let Some(id) = segment.image.as_deref().and_then(|id| Uuid::try_parse(id).ok()) {
                let shown = self.in_place_of(&filtering.result.job, id).await?;
                segment.image = Some(String::from_utf8_lossy(&shown).into_owned());
            }
        }
        filtering.entry(&chunk)
    }

    /// A link, or the picture itself.
    async fn in_place_of(&mut self, job: &Job, id: Uuid) -> Result<Bytes, docket_jobs::Error> {
        let Pictures { state, links, form } = &self.pictures;
        if *form == PictureForm::Linked || self.embedded_bytes >= EMBEDDED_BYTES_MAX {
            return Ok(links.to(job.id, Linked::File(id)).into());
        }
        let picture = state.jobs.file(job, id).await?;
        self.embedded_bytes += picture.len();
        Ok(format!("data:image/png;base64,{}", STANDARD.encode(&picture)).into())
    }
}

impl Reading {
    fn of(result: Box<StoredResult>, end: u64) -> Self {
        Self { result, at: 0, end, ready: Bytes::new(), picture: 0 }
    }

    fn skip(&mut self, bytes: u64) {
        let ready = usize::try_from(bytes).unwrap_or(usize::MAX).min(self.ready.len());
        self.ready.advance(ready);
        self.at += bytes;
    }
}
