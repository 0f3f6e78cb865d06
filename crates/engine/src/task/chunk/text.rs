//! The text of a document, and which segment every part of it comes from.

use std::ops::Range;

use docket_contract::{ParseResult, Segment, SegmentType};

/// What stands between two segments.
pub(super) const SEPARATOR: &str = "\n\n";

/// The text of a document.
pub(super) struct DocumentText<'a> {
    /// The `content` of all segments, joined by [`SEPARATOR`].
    pub(super) text: String,
    /// The segments in reading order. Their ranges follow one another without gaps.
    pub(super) pieces: Vec<Piece<'a>>,
    /// Pages of the document, blank ones included.
    pub(super) page_count: usize,
}

/// A segment's part of the text.
pub(super) struct Piece<'a> {
    pub(super) segment: &'a Segment,
    pub(super) kind: SegmentType,
    /// In bytes, with the separator behind it.
    pub(super) bytes: Range<usize>,
    /// Its page; never less than that of a piece before it.
    pub(super) page: usize,
}

impl<'a> DocumentText<'a> {
    pub(super) fn new(document: &'a ParseResult) -> Self {
        let mut text = String::new();
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        let mut page_count = document.page_count;
        for segment in document.chunks.iter().flat_map(|chunk| &chunk.segments) {
            if let Some(last) = pieces.last_mut() {
                text.push_str(SEPARATOR);
                last.bytes.end = text.len();
            }
            let start = text.len();
            text.push_str(segment.content.as_deref().unwrap_or_default());
            let before = pieces.last().map_or(1, |last| last.page);
            let page = segment.page_number.max(before);
            page_count = page_count.max(page);
            let kind =
                SegmentType::from_any_name(&segment.segment_type).unwrap_or(SegmentType::Text);
            pieces.push(Piece { segment, kind, bytes: start..text.len(), page });
        }
        Self { text, pieces, page_count }
    }

    /// Indexes of the pieces that a range of the text has a part in.
    pub(super) fn pieces_in(&self, bytes: &Range<usize>) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.bytes.end <= bytes.start);
        let end = self.pieces.partition_point(|piece| piece.bytes.start < bytes.end);
        first..end.max(first)
    }

    /// The text of a piece, without the separator.
    pub(super) fn content(&self, piece: usize) -> &'a str {
        self.pieces[piece].segment.content.as_deref().unwrap_or_default()
    }

    /// The range that pieces cover together.
    pub(super) fn span(&self, pieces: &Range<usize>) -> Range<usize> {
        let start = self.pieces.get(pieces.start).map_or(self.text.len(), |one| one.bytes.start);
        let end = pieces.end.checked_sub(1).and_then(|last| self.pieces.get(last));
        start..end.map_or(start, |last| last.bytes.end.max(start))
    }
}

impl Piece<'_> {
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.kind, SegmentType::SectionHeader | SegmentType::Title)
    }

    pub(super) fn is_furniture(&self) -> bool {
        matches!(self.kind, SegmentType::PageHeader | SegmentType::PageFooter)
    }

    /// How deep a heading stands: 1 for a title.
    pub(super) fn heading_level(&self) -> usize {
        let marks = |text: &str| text.bytes().take_while(|byte| *byte == b'#').count();
        match self.segment.markdown.as_deref().map_or(0, marks) {
            0 if self.kind == SegmentType::Title => 1,
            0 => 2,
            level => level,
        }
    }
}
