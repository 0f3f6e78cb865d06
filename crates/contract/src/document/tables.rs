//! Tables over several pages, kept in both forms: joined, and page by page.

use uuid::Uuid;

use super::result::ParseResult;
use super::segment::{Chunk, Segment, SegmentType};

impl ParseResult {
    /// Every segment, also those that are kept for the other form of tables.
    pub fn every_segment_mut(&mut self) -> impl Iterator<Item = &mut Segment> {
        let shown = self.chunks.iter_mut().flat_map(|chunk| &mut chunk.segments);
        shown.chain(self.other_tables.iter_mut().flat_map(|other| &mut other.segments))
    }

    /// Puts tables over several pages into their other form: joined ones fall into their
    /// parts, parts are joined. Chunks keep the segments that they had otherwise.
    pub fn use_other_tables(&mut self) {
        for other in std::mem::take(&mut self.other_tables) {
            self.replace(&other.instead_of, other.segments);
        }
        self.chunks.retain(|chunk| !chunk.segments.is_empty());
        self.total_chunks = self.chunks.len();
    }

    fn replace(&mut self, old: &[Uuid], new: Vec<Segment>) {
        let mut new = new.into_iter();
        let (Some(first), Some(head)) = (old.first(), new.next()) else { return };
        let Some((chunk, at)) = self.place_of(first) else { return };
        self.chunks[chunk].segments[at] = head;
        self.chunks[chunk].refresh();
        for id in &old[1..] {
            if let Some((chunk, at)) = self.place_of(id) {
                self.chunks[chunk].segments.remove(at);
                self.chunks[chunk].refresh();
            }
        }
        for segment in new {
            let (chunk, at) = self.place_for(segment.page_number);
            self.chunks[chunk].segments.insert(at, segment);
            self.chunks[chunk].refresh();
        }
    }

    fn place_of(&self, id: &Uuid) -> Option<(usize, usize)> {
        let within = |chunk: &Chunk| chunk.segments.iter().position(|one| one.segment_id == *id);
        self.chunks.iter().enumerate().find_map(|(index, chunk)| Some((index, within(chunk)?)))
    }

    /// Where a table that begins a page belongs: behind the pages before it and the page's header.
    fn place_for(&self, page: usize) -> (usize, usize) {
        let is_header = |segment: &Segment| {
            SegmentType::from_any_name(&segment.segment_type) == Some(SegmentType::PageHeader)
        };
        let before = |segment: &Segment| {
            segment.page_number < page || segment.page_number == page && is_header(segment)
        };
        let last = |(index, chunk): (usize, &Chunk)| {
            chunk.segments.iter().rposition(before).map(|at| (index, at + 1))
        };
        self.chunks.iter().enumerate().filter_map(last).next_back().unwrap_or((0, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::segment;
    use super::*;
    use crate::document::OtherTables;

    fn named(id: u128, kind: SegmentType, page: usize, text: &str) -> Segment {
        Segment { segment_id: Uuid::from_u128(id), ..segment(kind, page, text) }
    }

    fn chunk(segments: Vec<Segment>) -> Chunk {
        let mut chunk = Chunk {
            chunk_id: Uuid::nil(),
            chunk_length: 0,
            page_number: 1,
            embed: Some(String::new()),
            segments,
        };
        chunk.refresh();
        chunk
    }

    fn embeds(result: &ParseResult) -> Vec<&str> {
        result.chunks.iter().filter_map(|chunk| chunk.embed.as_deref()).collect()
    }

    #[test]
    fn tables_are_joined_and_parted() {
        let first = named(1, SegmentType::Table, 1, "first half");
        let second = named(2, SegmentType::Table, 2, "second half");
        let joined = named(3, SegmentType::Table, 1, "all of it");
        let footer = named(4, SegmentType::PageFooter, 1, "foot");
        let header = named(5, SegmentType::PageHeader, 2, "head");
        let text = named(6, SegmentType::Text, 2, "words");
        let apart = ParseResult {
            total_chunks: 3,
            chunks: vec![
                chunk(vec![first.clone(), footer, header]),
                chunk(vec![second.clone()]),
                chunk(vec![text]),
            ],
            other_tables: vec![OtherTables {
                instead_of: vec![first.segment_id, second.segment_id],
                segments: vec![joined.clone()],
            }],
            ..ParseResult::default()
        };
        let mut result = apart.clone();
        result.use_other_tables();
        assert_eq!(embeds(&result), ["all of it\n\nfoot\n\nhead", "words"]);
        assert_eq!((result.total_chunks, result.chunks[0].chunk_length), (2, 5));

        let other =
            OtherTables { instead_of: vec![joined.segment_id], segments: vec![first, second] };
        result.other_tables = vec![other];
        result.use_other_tables();
        assert_eq!(embeds(&result), ["first half\n\nfoot\n\nhead\n\nsecond half", "words"]);
        let mut filtered = apart;
        filtered.retain_types(&[SegmentType::Text]);
        filtered.use_other_tables();
        assert_eq!(embeds(&filtered), ["words"], "what was left out stays out");
    }
}
