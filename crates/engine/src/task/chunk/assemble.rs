//! Runs of the text to chunks with the metadata of their strategy.

use std::ops::Range;

use docket_contract::results::TextChunk;
use docket_contract::spec::ChunkSpec;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cuts::{self, FixedCut};
use super::text::DocumentText;

/// Chunks without metadata of their own.
pub(super) fn plain(
    text: &DocumentText<'_>,
    spec: &ChunkSpec,
    runs: &[Range<usize>],
) -> Vec<TextChunk> {
    runs.iter().map(|run| chunk(text, spec, run)).collect()
}

/// Chunks that know where they stand in the text.
pub(super) fn fixed(
    text: &DocumentText<'_>,
    spec: &ChunkSpec,
    cuts: Vec<FixedCut>,
) -> Vec<TextChunk> {
    cuts.into_iter()
        .map(|cut| {
            let mut chunk = chunk(text, spec, &cut.bytes);
            chunk.metadata.insert("start_char".to_owned(), json!(cut.characters.start));
            chunk.metadata.insert("end_char".to_owned(), json!(cut.characters.end));
            chunk
        })
        .collect()
}

/// One chunk for each page, given in their order.
pub(super) fn pages(
    text: &DocumentText<'_>,
    spec: &ChunkSpec,
    runs: Vec<Range<usize>>,
) -> Vec<TextChunk> {
    runs.into_iter()
        .enumerate()
        .map(|(index, run)| TextChunk {
            text: text.text[run].to_owned(),
            metadata: metadata(spec, &[index + 1]),
        })
        .collect()
}

/// Chunks that know their heading.
pub(super) fn headed(
    text: &DocumentText<'_>,
    spec: &ChunkSpec,
    runs: &[Range<usize>],
) -> Vec<TextChunk> {
    runs.iter()
        .map(|run| {
            let mut chunk = chunk(text, spec, run);
            let heading = cuts::heading_of(text, run);
            let level = heading.map(|piece| text.pieces[piece].heading_level());
            let heading = heading.map(|piece| text.content(piece));
            chunk.metadata.insert("heading".to_owned(), json!(heading));
            chunk.metadata.insert("heading_level".to_owned(), json!(level));
            chunk
        })
        .collect()
}

/// Chunks that know the chunk under whose heading they stand. Ids come from those of segments, so
/// they differ between documents and stay the same for one.
pub(super) fn nested(
    text: &DocumentText<'_>,
    spec: &ChunkSpec,
    runs: &[Range<usize>],
) -> Vec<TextChunk> {
    // The headings above: their levels and the ids of their chunks.
    let mut above: Vec<(usize, String)> = Vec::new();
    runs.iter()
        .enumerate()
        .map(|(index, run)| {
            let mut chunk = chunk(text, spec, run);
            let first = &text.pieces[text.pieces_in(run).start].segment.segment_id;
            let id = Uuid::new_v5(first, format!("chunk/{}", index + 1).as_bytes()).to_string();
            let level =
                cuts::heading_of(text, run).map_or(0, |piece| text.pieces[piece].heading_level());
            above.retain(|(other, _)| *other < level);
            let parent = above.last().map(|(_, id)| id.clone());
            chunk.metadata.insert("chunk_id".to_owned(), json!(id));
            chunk.metadata.insert("parent_id".to_owned(), json!(parent));
            chunk.metadata.insert("level".to_owned(), json!(above.len() + 1));
            if level > 0 {
                above.push((level, id));
            }
            chunk
        })
        .collect()
}

/// Chunks that know the kinds and boxes of their segments.
pub(super) fn typed(
    text: &DocumentText<'_>,
    spec: &ChunkSpec,
    runs: &[Range<usize>],
) -> Vec<TextChunk> {
    runs.iter()
        .map(|run| {
            let mut chunk = chunk(text, spec, run);
            let pieces = text.pieces_in(run);
            let boxes: Vec<Value> = text.pieces[pieces.clone()]
                .iter()
                .filter_map(|piece| {
                    let segment = piece.segment;
                    segment.bbox.map(|bbox| {
                        json!({
                            "page_number": segment.page_number,
                            "bbox": bbox,
                            "page_width": segment.page_width,
                            "page_height": segment.page_height,
                        })
                    })
                })
                .collect();
            let kinds = cuts::kinds_in(text, pieces);
            chunk.metadata.insert("segment_types".to_owned(), json!(kinds));
            if !boxes.is_empty() {
                chunk.metadata.insert("bboxes".to_owned(), Value::Array(boxes));
            }
            chunk
        })
        .collect()
}

fn chunk(text: &DocumentText<'_>, spec: &ChunkSpec, run: &Range<usize>) -> TextChunk {
    let mut pages: Vec<usize> =
        text.pieces[text.pieces_in(run)].iter().map(|piece| piece.page).collect();
    pages.dedup();
    TextChunk { text: text.text[run.clone()].to_owned(), metadata: metadata(spec, &pages) }
}

/// What every chunk tells.
fn metadata(spec: &ChunkSpec, pages: &[usize]) -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert("strategy".to_owned(), json!(spec.strategy.as_str()));
    metadata.insert("page_number".to_owned(), json!(pages.first().copied().unwrap_or(1)));
    metadata.insert("pages".to_owned(), json!(pages));
    metadata
}
