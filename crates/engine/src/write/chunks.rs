//! Segments to chunks: runs of segments up to a length in words.

use docket_contract::spec::ParseChunking;
use docket_contract::{Chunk, SegmentType};
use uuid::Uuid;

use super::segments::Rendered;

/// Gathers segments into chunks. A segment is never split, and a heading starts with what follows.
pub(crate) fn gather(
    segments: Vec<Rendered>,
    chunking: ParseChunking,
    with_embed: bool,
    namespace: Uuid,
) -> Vec<Chunk> {
    let mut groups: Vec<Vec<Rendered>> = Vec::new();
    let mut words = 0;
    for segment in segments {
        let full = chunking.target_length_words == 0
            || words > 0 && words + segment.words > chunking.target_length_words;
        match groups.last_mut() {
            Some(group) if !full => {
                words += segment.words;
                group.push(segment);
            }
            _ => {
                let carried = match groups.last_mut() {
                    Some(group) if chunking.target_length_words > 0 => trailing_headings(group),
                    _ => Vec::new(),
                };
                words = carried.iter().map(|carried| carried.words).sum();
                let mut group = carried;
                words += segment.words;
                group.push(segment);
                groups.push(group);
            }
        }
    }
    let groups = groups.into_iter().filter(|group| !group.is_empty()).enumerate();
    groups.map(|(index, group)| chunk(group, index, chunking, with_embed, namespace)).collect()
}

/// Takes headings off the end of a chunk, if something else is left in it.
fn trailing_headings(group: &mut Vec<Rendered>) -> Vec<Rendered> {
    let is_heading = |segment: &Rendered| {
        matches!(segment.kind, SegmentType::SectionHeader | SegmentType::Title)
    };
    match group.iter().rposition(|segment| !is_heading(segment)) {
        Some(last) => group.split_off(last + 1),
        None => Vec::new(),
    }
}

fn chunk(
    group: Vec<Rendered>,
    index: usize,
    chunking: ParseChunking,
    with_embed: bool,
    namespace: Uuid,
) -> Chunk {
    let counts = |segment: &&Rendered| {
        !chunking.ignore_headers_and_footers
            || !matches!(segment.kind, SegmentType::PageHeader | SegmentType::PageFooter)
    };
    let embedded: Vec<&Rendered> = group.iter().filter(counts).collect();
    let texts = embedded.iter().map(|segment| segment.markdown.as_str());
    let embed = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n");
    Chunk {
        chunk_id: Uuid::new_v5(&namespace, format!("chunk/{}", index + 1).as_bytes()),
        chunk_length: embedded.iter().map(|segment| segment.words).sum(),
        page_number: group.iter().map(|segment| segment.segment.page_number).min().unwrap_or(1),
        embed: with_embed.then_some(embed),
        segments: group.into_iter().map(|rendered| rendered.segment).collect(),
    }
}
