//! Runs of the text to chunks with the metadata of their strategy.

use std::ops::Range;

use docket_contract::SegmentType;
use docket_contract::results::TextChunk;
use docket_contract::spec::ChunkSpec;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::frame::Frame;
use super::kinds::segment_type;
use crate::model::{Block, Document};
use crate::task::chunk::{Cuts, DocumentText, FixedCut};

/// Writes the chunks of one document.
pub(crate) struct ChunkWriter<'d> {
    pub document: &'d Document,
    pub text: &'d DocumentText<'d>,
    pub spec: &'d ChunkSpec,
    /// Names chunks.
    pub namespace: Uuid,
}

impl ChunkWriter<'_> {
    /// The chunks that the text was cut into.
    pub(crate) fn write(&self, cuts: Cuts) -> Vec<TextChunk> {
        match cuts {
            Cuts::Plain(runs) => runs.iter().map(|run| self.chunk(run)).collect(),
            Cuts::Fixed(cuts) => cuts.into_iter().map(|cut| self.fixed(&cut)).collect(),
            Cuts::Pages(runs) => {
                runs.into_iter().enumerate().map(|(index, run)| self.page(index, run)).collect()
            }
            Cuts::Headed(runs) => runs.iter().map(|run| self.headed(run)).collect(),
            Cuts::Blocks(runs) => runs.iter().map(|run| self.with_blocks(run)).collect(),
            Cuts::Nested(runs) => self.nested(&runs),
        }
    }

    fn chunk(&self, run: &Range<usize>) -> TextChunk {
        let pieces = &self.text.pieces[self.text.pieces_in(run)];
        let mut pages: Vec<usize> = pieces.iter().map(|piece| piece.page).collect();
        pages.dedup();
        TextChunk { text: self.text.text[run.clone()].to_owned(), metadata: self.metadata(&pages) }
    }

    /// What every chunk tells.
    fn metadata(&self, pages: &[usize]) -> Map<String, Value> {
        let mut metadata = Map::new();
        metadata.insert("strategy".to_owned(), json!(self.spec.strategy.as_str()));
        metadata.insert("page_number".to_owned(), json!(pages.first().copied().unwrap_or(1)));
        metadata.insert("pages".to_owned(), json!(pages));
        metadata
    }

    fn fixed(&self, cut: &FixedCut) -> TextChunk {
        let mut chunk = self.chunk(&cut.bytes);
        chunk.metadata.insert("start_char".to_owned(), json!(cut.characters.start));
        chunk.metadata.insert("end_char".to_owned(), json!(cut.characters.end));
        chunk
    }

    /// The chunk of a page, given by its index.
    fn page(&self, index: usize, run: Range<usize>) -> TextChunk {
        TextChunk { text: self.text.text[run].to_owned(), metadata: self.metadata(&[index + 1]) }
    }

    fn headed(&self, run: &Range<usize>) -> TextChunk {
        let mut chunk = self.chunk(run);
        let heading = self.text.heading_of(run);
        let level = heading.map(|(_, level)| level);
        let heading = heading.map(|(piece, _)| self.text.content(piece));
        chunk.metadata.insert("heading".to_owned(), json!(heading));
        chunk.metadata.insert("heading_level".to_owned(), json!(level));
        chunk
    }

    /// Chunks that know the chunk under whose heading they stand. Ids come from those of segments,
    /// so they differ between documents and stay the same for one.
    fn nested(&self, runs: &[Range<usize>]) -> Vec<TextChunk> {
        // The headings above: their levels and the ids of their chunks.
        let mut above: Vec<(u8, String)> = Vec::new();
        let chunk = |(index, run): (usize, &Range<usize>)| {
            let mut chunk = self.chunk(run);
            let segment = format!("segment/{}", self.text.pieces_in(run).start + 1);
            let segment = Uuid::new_v5(&self.namespace, segment.as_bytes());
            let id = Uuid::new_v5(&segment, format!("chunk/{}", index + 1).as_bytes()).to_string();
            let level = self.text.heading_of(run).map_or(0, |(_, level)| level);
            above.retain(|(other, _)| *other < level);
            let parent = above.last().map(|(_, id)| id.clone());
            chunk.metadata.insert("chunk_id".to_owned(), json!(id));
            chunk.metadata.insert("parent_id".to_owned(), json!(parent));
            chunk.metadata.insert("level".to_owned(), json!(above.len() + 1));
            if level > 0 {
                above.push((level, id));
            }
            chunk
        };
        runs.iter().enumerate().map(chunk).collect()
    }

    /// A chunk that knows the kinds and boxes of its blocks.
    fn with_blocks(&self, run: &Range<usize>) -> TextChunk {
        let mut chunk = self.chunk(run);
        let pieces = &self.text.pieces[self.text.pieces_in(run)];
        let boxes: Vec<Value> =
            pieces.iter().filter_map(|piece| self.page_box(piece.block)).collect();
        let mut kinds: Vec<&str> = Vec::new();
        for kind in pieces.iter().map(|piece| SegmentType::as_str(segment_type(piece.block))) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        chunk.metadata.insert("segment_types".to_owned(), json!(kinds));
        if !boxes.is_empty() {
            chunk.metadata.insert("bboxes".to_owned(), Value::Array(boxes));
        }
        chunk
    }

    fn page_box(&self, block: &Block) -> Option<Value> {
        let Frame { page: (page_width, page_height), bbox } = Frame::of(block, self.document);
        Some(json!({
            "page_number": block.page,
            "bbox": bbox?,
            "page_width": page_width,
            "page_height": page_height,
        }))
    }
}
