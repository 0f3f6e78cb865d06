//! The stored form of a parse: one JSON object in two parts, so that its chunks can be sent on
//! without being read.
//!
//! The first line holds everything that is small, and an index: where the list of chunks ends, and
//! where the ids of pictures are. The chunks follow, and after them what only few
//! requests need. The whole is still the JSON of a [`ParseResult`], with the index as a further
//! key. Results of earlier versions are one line without an index.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::citations::Bibliography;
use crate::document::{Chunk, OtherTables, PageCoverage, ParseResult, Segment, Warning};

/// Bytes of a picture's id in the chunks.
pub const PICTURE_ID_BYTES: u64 = 36;

/// How a result of this form begins.
pub const BEGIN: &[u8] = b"{\"stored_version\":2,";

/// What stands between the first line and the list of chunks.
pub const BEFORE_CHUNKS: &[u8] = b"\"chunks\":";

/// What the first line holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The version of this form.
    stored_version: u32,
    /// Number of chunks.
    pub total_chunks: usize,
    /// Pages of the document.
    pub page_count: usize,
    /// What went wrong without failing the job.
    pub warnings: Vec<Warning>,
    /// Pages that could not be read, from 1, ascending.
    pub failed_pages: Vec<usize>,
    /// How much of each page is in the segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<PageCoverage>,
    /// Its bibliography, if requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bibliography: Option<Bibliography>,
    /// Where things are in the chunks.
    pub index: Index,
}

/// Where things are in the chunks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Bytes of the list of chunks, with its brackets.
    pub chunks_bytes: u64,
    /// Where each chunk ends, as an offset from the start of the list; the next one begins behind a
    /// comma.
    pub chunk_ends: Vec<u64>,
    /// Bytes of the list of chunks and of the fields after it, without the brace that ends the
    /// object.
    pub total_bytes: u64,
    /// The ids of pictures, each with its offset from the start of the list of chunks, ascending.
    pub pictures: Vec<(u64, Uuid)>,
}

impl Head {
    /// The beginning of the result as JSON, up to the list of chunks.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn before_chunks(&self) -> serde_json::Result<Vec<u8>> {
        let mut begin = serde_json::to_vec(&Facts {
            total_chunks: self.total_chunks,
            page_count: self.page_count,
            warnings: &self.warnings,
            failed_pages: &self.failed_pages,
            coverage: &self.coverage,
            bibliography: self.bibliography.as_ref(),
        })?;
        begin.pop();
        begin.push(b',');
        begin.extend_from_slice(BEFORE_CHUNKS);
        Ok(begin)
    }

    /// Reads the first line, without its line feed. None for a result without an index.
    #[must_use]
    pub fn read(line: &[u8]) -> Option<Self> {
        let open = line.strip_suffix(b",")?;
        let mut closed = Vec::with_capacity(open.len() + 1);
        closed.extend_from_slice(open);
        closed.push(b'}');
        serde_json::from_slice(&closed).ok()
    }
}

/// The first line without what only its reader needs.
#[derive(Serialize)]
struct Facts<'a> {
    total_chunks: usize,
    page_count: usize,
    warnings: &'a [Warning],
    failed_pages: &'a [usize],
    #[serde(skip_serializing_if = "<[PageCoverage]>::is_empty")]
    coverage: &'a [PageCoverage],
    #[serde(skip_serializing_if = "Option::is_none")]
    bibliography: Option<&'a Bibliography>,
}

/// Writes a result in the stored form.
///
/// # Errors
/// If the writer fails.
pub fn write(result: &ParseResult, to: &mut impl Write) -> io::Result<()> {
    let mut chunks = Vec::new();
    let mut pictures = Vec::new();
    let mut chunk_ends = Vec::with_capacity(result.chunks.len());
    write_list(&mut chunks, &result.chunks, |chunk, to| {
        write_chunk(chunk, to, &mut pictures)?;
        chunk_ends.push(to.len() as u64);
        Ok(())
    })?;
    let chunks_bytes = chunks.len() as u64;
    if !result.other_tables.is_empty() {
        chunks.extend_from_slice(b",\"other_tables\":");
        write_list(&mut chunks, &result.other_tables, |table, to| {
            write_other_tables(table, to, &mut pictures)
        })?;
    }
    let head = Head {
        stored_version: 2,
        total_chunks: result.total_chunks,
        page_count: result.page_count,
        warnings: result.warnings.clone(),
        failed_pages: result.failed_pages.clone(),
        coverage: result.coverage.clone(),
        bibliography: result.bibliography.clone(),
        index: Index { chunks_bytes, chunk_ends, total_bytes: chunks.len() as u64, pictures },
    };
    let line = serde_json::to_vec(&head)?;
    to.write_all(line.strip_suffix(b"}").unwrap_or(&line))?;
    to.write_all(b",\n")?;
    to.write_all(BEFORE_CHUNKS)?;
    to.write_all(&chunks)?;
    to.write_all(b"}")
}

fn write_list<T>(
    to: &mut Vec<u8>,
    list: &[T],
    mut write: impl FnMut(&T, &mut Vec<u8>) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    to.push(b'[');
    for (number, entry) in list.iter().enumerate() {
        if number > 0 {
            to.push(b',');
        }
        write(entry, to)?;
    }
    to.push(b']');
    Ok(())
}

/// A chunk without its segments, as it is written.
#[derive(Serialize)]
struct ChunkHead<'a> {
    chunk_id: Uuid,
    chunk_length: usize,
    page_number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    embed: Option<&'a str>,
}

/// Writes the chunk with the picture of each segment last, so that its place is known.
fn write_chunk(
    chunk: &Chunk,
    to: &mut Vec<u8>,
    pictures: &mut Vec<(u64, Uuid)>,
) -> serde_json::Result<()> {
    let Chunk { chunk_id, chunk_length, page_number, embed, segments } = chunk;
    let head = ChunkHead {
        chunk_id: *chunk_id,
        chunk_length: *chunk_length,
        page_number: *page_number,
        embed: embed.as_deref(),
    };
    serde_json::to_writer(&mut *to, &head)?;
    to.pop();
    to.extend_from_slice(b",\"segments\":");
    write_list(to, segments, |segment, to| write_segment(segment, to, pictures))?;
    to.push(b'}');
    Ok(())
}

fn write_other_tables(
    table: &OtherTables,
    to: &mut Vec<u8>,
    pictures: &mut Vec<(u64, Uuid)>,
) -> serde_json::Result<()> {
    let OtherTables { instead_of, segments } = table;
    to.extend_from_slice(b"{\"instead_of\":");
    serde_json::to_writer(&mut *to, instead_of)?;
    to.extend_from_slice(b",\"segments\":");
    write_list(to, segments, |segment, to| write_segment(segment, to, pictures))?;
    to.push(b'}');
    Ok(())
}

/// Writes the segment with its picture last.
fn write_segment(
    segment: &Segment,
    to: &mut Vec<u8>,
    pictures: &mut Vec<(u64, Uuid)>,
) -> serde_json::Result<()> {
    let picture = segment.image.as_deref().and_then(|id| Uuid::try_parse(id).ok());
    let Some(id) = picture else { return serde_json::to_writer(to, segment) };
    serde_json::to_writer(&mut *to, &Segment { image: None, ..segment.clone() })?;
    to.pop();
    to.extend_from_slice(b",\"image\":\"");
    pictures.push((to.len() as u64, id));
    to.extend_from_slice(id.as_hyphenated().to_string().as_bytes());
    to.extend_from_slice(b"\"}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{SegmentType, WarningCode};

    fn segment(text: &str, image: Option<Uuid>) -> Segment {
        Segment {
            segment_id: Uuid::new_v4(),
            segment_type: SegmentType::Picture.as_str().to_owned(),
            content: Some(text.to_owned()),
            html: None,
            markdown: None,
            page_number: 1,
            page_width: 1191.0,
            page_height: 1684.0,
            bbox: None,
            confidence: Some(0.5),
            image: image.map(|id| id.to_string()),
            ocr: None,
            references: Vec::new(),
            merged_page_bboxes: Vec::new(),
        }
    }

    fn result() -> ParseResult {
        let id = Uuid::new_v4();
        let chunk = |segments: Vec<Segment>| Chunk {
            chunk_id: Uuid::new_v4(),
            chunk_length: 3,
            page_number: 1,
            embed: Some("a\nb \u{2028} \"image\":\"".to_owned()),
            segments,
        };
        let like_a_key = format!("\"image\":\"{id}\"\n");
        ParseResult {
            total_chunks: 3,
            page_count: 2,
            chunks: vec![
                chunk(vec![segment(&like_a_key, Some(id)), segment("b", None)]),
                chunk(Vec::new()),
                chunk(vec![segment("c", Some(Uuid::new_v4()))]),
            ],
            warnings: vec![Warning {
                code: WarningCode::BlankPage,
                message: "a\nb".to_owned(),
                page: Some(2),
            }],
            failed_pages: vec![2],
            coverage: vec![PageCoverage { page: 1, coverage: 0.5 }],
            bibliography: None,
            other_tables: vec![OtherTables {
                instead_of: vec![id],
                segments: vec![segment("d", Some(Uuid::new_v4()))],
            }],
        }
    }

    #[test]
    fn the_stored_form_is_the_result_and_its_index_is_true() {
        let result = result();
        let mut stored = Vec::new();
        write(&result, &mut stored).unwrap();
        assert_eq!(
            serde_json::from_slice::<ParseResult>(&stored).unwrap(),
            result,
            "any reader of JSON understands it"
        );
        let end = stored.iter().position(|byte| *byte == b'\n').unwrap();
        let head = Head::read(&stored[..end]).unwrap();
        assert_eq!((head.total_chunks, head.page_count), (3, 2));
        assert_eq!((&head.warnings, &head.failed_pages), (&result.warnings, &result.failed_pages));
        let rest = stored[end + 1..].strip_prefix(BEFORE_CHUNKS).unwrap();
        let length = usize::try_from(head.index.chunks_bytes).unwrap();
        assert_eq!(serde_json::from_slice::<Vec<Chunk>>(&rest[..length]).unwrap(), result.chunks);
        let mut begin = 1;
        for (end, chunk) in head.index.chunk_ends.iter().zip(&result.chunks) {
            let end = usize::try_from(*end).unwrap();
            assert_eq!(serde_json::from_slice::<Chunk>(&rest[begin..end]).unwrap(), *chunk);
            begin = end + 1;
        }
        assert_eq!(begin, length);
        assert_eq!(head.index.pictures.len(), 3, "two in chunks, one in the other tables");
        let total = usize::try_from(head.index.total_bytes).unwrap();
        assert_eq!(&rest[total..], b"}");
        assert!(stored.starts_with(BEGIN));
        for (at, id) in head.index.pictures {
            let at = usize::try_from(at).unwrap();
            assert_eq!(&rest[at..at + 36], id.to_string().as_bytes());
        }
    }

    #[test]
    fn results_of_earlier_versions_have_no_index() {
        let stored = serde_json::to_vec(&result()).unwrap();
        assert!(!stored.contains(&b'\n'));
        assert_eq!(Head::read(&stored), None);
        assert_eq!(serde_json::from_slice::<ParseResult>(&stored).unwrap().total_chunks, 3);
    }
}
