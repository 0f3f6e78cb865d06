//! The text of a document, and which block every part of it comes from.

use std::ops::Range;

use crate::model::{Block, Document};

/// What stands between two blocks.
pub(super) const SEPARATOR: &str = "\n\n";

/// The text of a document.
pub(crate) struct DocumentText<'d> {
    /// The texts of all blocks, joined by [`SEPARATOR`].
    pub text: String,
    /// The blocks in reading order. Their ranges follow one another without gaps.
    pub pieces: Vec<Piece<'d>>,
    /// Pages of the document, blank ones included.
    pub page_count: usize,
}

/// A block's part of the text.
pub(crate) struct Piece<'d> {
    pub block: &'d Block,
    /// In bytes, with the separator behind it.
    pub bytes: Range<usize>,
    /// Where its own text ends, in bytes.
    text_end: usize,
    /// Its page; never less than that of a piece before it.
    pub page: usize,
}

impl<'d> DocumentText<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        let mut text = String::new();
        let mut pieces: Vec<Piece<'d>> = Vec::new();
        let mut page_count = document.page_count;
        for block in &document.blocks {
            if let Some(last) = pieces.last_mut() {
                text.push_str(SEPARATOR);
                last.bytes.end = text.len();
            }
            let start = text.len();
            text.push_str(&block.text());
            let before = pieces.last().map_or(1, |last| last.page);
            let page = block.page.max(before);
            page_count = page_count.max(page);
            pieces.push(Piece { block, bytes: start..text.len(), text_end: text.len(), page });
        }
        Self { text, pieces, page_count }
    }

    /// Indexes of the pieces that a range of the text has a part in.
    pub(crate) fn pieces_in(&self, bytes: &Range<usize>) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.bytes.end <= bytes.start);
        let end = self.pieces.partition_point(|piece| piece.bytes.start < bytes.end);
        first..end.max(first)
    }

    /// The text of a piece, without the separator.
    pub(crate) fn content(&self, piece: usize) -> &str {
        let piece = &self.pieces[piece];
        &self.text[piece.bytes.start..piece.text_end]
    }

    /// The range that pieces cover together.
    pub(super) fn span(&self, pieces: &Range<usize>) -> Range<usize> {
        let start = self.pieces.get(pieces.start).map_or(self.text.len(), |one| one.bytes.start);
        let end = pieces.end.checked_sub(1).and_then(|last| self.pieces.get(last));
        start..end.map_or(start, |last| last.bytes.end.max(start))
    }

    /// The heading that a run of the text starts with: its piece and its level.
    pub(crate) fn heading_of(&self, run: &Range<usize>) -> Option<(usize, u8)> {
        let first = self.pieces_in(run).start;
        let level = self.pieces.get(first)?.block.heading_level()?;
        Some((first, level))
    }
}

impl Piece<'_> {
    pub(super) fn is_heading(&self) -> bool {
        self.block.heading_level().is_some()
    }
}
