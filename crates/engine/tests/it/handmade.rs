//! Parsed documents made by hand.

use docket_contract::document::{BoundingBox, Chunk, ParseResult, Segment, SegmentType};
use uuid::Uuid;

/// A parsed document made by hand: its pages, and the page, kind and Markdown of every segment.
pub(crate) fn made(page_count: usize, segments: &[(usize, SegmentType, &str)]) -> ParseResult {
    let one = |(index, (page, kind, markdown)): (usize, &(usize, SegmentType, &str))| Segment {
        segment_id: Uuid::from_u128(index as u128),
        segment_type: kind.as_str().to_owned(),
        content: Some(markdown.trim_start_matches(['#', ' ']).to_owned()),
        html: None,
        markdown: Some((*markdown).to_owned()),
        page_number: *page,
        page_width: 1191.0,
        page_height: 1684.0,
        bbox: Some(BoundingBox::default()),
        confidence: None,
        image: None,
        ocr: None,
        references: Vec::new(),
        merged_page_bboxes: Vec::new(),
    };
    let segments: Vec<Segment> = segments.iter().enumerate().map(one).collect();
    let chunks = vec![Chunk {
        chunk_id: Uuid::nil(),
        chunk_length: 0,
        page_number: 1,
        embed: None,
        segments,
    }];
    ParseResult { total_chunks: 1, page_count, chunks, ..ParseResult::default() }
}
