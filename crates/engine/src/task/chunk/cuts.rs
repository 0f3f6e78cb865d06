//! Where the strategies that follow the document's structure cut its text.

use std::ops::Range;

use super::text::DocumentText;

/// A run of characters of the text.
pub(crate) struct FixedCut {
    pub bytes: Range<usize>,
    /// In code points.
    pub characters: Range<usize>,
}

/// Runs of `size` characters, each sharing `overlap` characters with the one before it.
pub(super) fn fixed(text: &DocumentText<'_>, size: usize, overlap: usize) -> Vec<FixedCut> {
    let size = size.max(1);
    let step = size - overlap.min(size - 1);
    let total = text.text.chars().count();
    let mut places = text.text.char_indices().map(|(at, _)| at).chain([text.text.len()]);
    let mut starts = places.clone().step_by(step);
    let mut cuts = Vec::new();
    let (mut start, mut reached, mut end_byte) = (0, 0, 0);
    while start < total {
        let end = (start + size).min(total);
        // The first place is that of character 0.
        let ahead = end + 1 - reached;
        end_byte = places.nth(ahead - 1).unwrap_or(end_byte);
        reached = end + 1;
        let start_byte = starts.next().unwrap_or(end_byte);
        cuts.push(FixedCut { bytes: start_byte..end_byte, characters: start..end });
        if end == total {
            break;
        }
        start += step;
    }
    cuts
}

/// One run for every page; that of a blank page is empty.
pub(super) fn pages(text: &DocumentText<'_>) -> Vec<Range<usize>> {
    let mut first = 0;
    (1..=text.page_count)
        .map(|page| {
            let end = text.pieces.partition_point(|piece| piece.page <= page);
            let span = text.span(&(first..end));
            first = end;
            span
        })
        .collect()
}

/// Runs that end where a paragraph does. Headings go with what they head, and segments without
/// text, such as pictures, with what stands before them.
pub(super) fn paragraphs(text: &DocumentText<'_>) -> Vec<Range<usize>> {
    let mut ends = vec![false; text.pieces.len()];
    // The last piece with text is one that a paragraph can end with.
    let mut can_end = false;
    for (index, piece) in text.pieces.iter().enumerate() {
        if text.content(index).is_empty() {
            continue;
        }
        if can_end && index > 0 {
            ends[index - 1] = true;
        }
        can_end = !piece.is_heading();
    }
    runs(text, |index| ends[index])
}

/// Runs that start with a heading, all but perhaps the first.
pub(super) fn sections(text: &DocumentText<'_>) -> Vec<Range<usize>> {
    runs(text, |index| text.pieces.get(index + 1).is_some_and(|next| next.is_heading()))
}

/// Runs of whole pieces, a new one behind every piece that `ends` one.
fn runs(text: &DocumentText<'_>, ends: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut first = 0;
    for index in 0..text.pieces.len() {
        if ends(index) || index + 1 == text.pieces.len() {
            runs.push(text.span(&(first..index + 1)));
            first = index + 1;
        }
    }
    // A document of segments without any text is no chunk.
    runs.retain(|run| !run.is_empty());
    runs
}
