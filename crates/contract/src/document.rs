//! The document model: what the engine makes of a document, in the shapes of the wire.
//!
//! Boxes of segments are in page units of 1/144 inch with the origin at the top left of the page
//! as displayed (A4 is 1191 x 1684), rotated pages turned upright.

mod other_tables;
mod result;
mod segment;
mod tables;
mod warning;

pub use other_tables::OtherTables;
pub use result::{ParseResult, stored_pictures};
pub use segment::{BoundingBox, Chunk, EmbeddedWord, PageBox, Segment, SegmentType, WordColor};
pub use warning::{PageCoverage, Warning, WarningCode};

/// Page units per PDF point: a point is 1/72 inch, a page unit 1/144.
pub const PAGE_UNITS_PER_POINT: f64 = 2.0;

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    pub(super) fn segment(kind: SegmentType, page_number: usize, text: &str) -> Segment {
        Segment {
            segment_id: Uuid::nil(),
            segment_type: kind.other_name().to_owned(),
            content: Some(text.to_owned()),
            html: None,
            markdown: Some(text.to_owned()),
            page_number,
            page_width: 1191.0,
            page_height: 1684.0,
            bbox: None,
            confidence: None,
            image: None,
            ocr: None,
            references: Vec::new(),
            merged_page_bboxes: Vec::new(),
        }
    }

    #[test]
    fn a_filter_drops_segments_and_the_chunks_left_empty() {
        let chunk = |segments: Vec<Segment>| Chunk {
            chunk_id: Uuid::nil(),
            chunk_length: 0,
            page_number: 1,
            embed: Some("as it was".to_owned()),
            segments,
        };
        let mut result = ParseResult {
            total_chunks: 3,
            page_count: 2,
            chunks: vec![
                chunk(vec![
                    segment(SegmentType::SectionHeader, 1, "# A"),
                    segment(SegmentType::Text, 2, "two words"),
                ]),
                chunk(vec![segment(SegmentType::SectionHeader, 1, "# B")]),
                chunk(vec![segment(SegmentType::Text, 2, "alone")]),
            ],
            ..ParseResult::default()
        };
        result.retain_types(&[SegmentType::Text]);
        assert_eq!((result.total_chunks, result.chunks.len()), (2, 2));
        let first = &result.chunks[0];
        assert_eq!(
            (first.embed.as_deref(), first.chunk_length, first.page_number),
            (Some("two words"), 2, 2)
        );
        assert_eq!(
            result.chunks[1].embed.as_deref(),
            Some("as it was"),
            "untouched chunks stay as they are"
        );
    }

    #[test]
    fn names_in_any_spelling() {
        for kind in SegmentType::ALL {
            assert_eq!(SegmentType::from_any_name(kind.as_str()), Some(kind));
            assert_eq!(SegmentType::from_any_name(kind.other_name()), Some(kind));
        }
        assert_eq!(SegmentType::from_any_name("SECTIONHEADER"), Some(SegmentType::SectionHeader));
        assert_eq!(SegmentType::from_any_name("section_header"), Some(SegmentType::SectionHeader));
        assert_eq!(SegmentType::from_any_name("nonsense"), None);
    }
}
