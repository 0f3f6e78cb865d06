//! Running headers, footers and page numbers: lines at the edge of a page that come back.

mod edges;
mod pattern;

use super::tolerances;
use std::collections::{HashMap, HashSet};

use crate::analyse::draft::{BlockDraft, DraftContent, PageLayout, Relation};
use crate::model::{Direction, Rect, TagRole};
use edges::{Edge, Place, is_in_margin, near_edge, outermost_is_running, rows};
use pattern::{is_page_number, numbers, pattern};

/// Headers and footers of one page.
#[derive(Default)]
pub(crate) struct HeadersFooters {
    pub headers: Vec<BlockDraft>,
    pub footers: Vec<BlockDraft>,
}

/// How many rows from the top and from the bottom may be running lines.
const ROWS_PER_EDGE: usize = 4;
const LONG_TEXT_LETTERS_MIN: usize = 16;

struct Candidate {
    place: Place,
    edge: Edge,
    y: f32,
    size: f32,
    text: String,
    /// The numbers that the text leaves out.
    numbers: Vec<u64>,
    /// The number of its page, from 1.
    page: usize,
    /// How many rows stand further out.
    depth: usize,
    /// It looks like a running line without coming back.
    certain: bool,
}

/// Candidates by their text and edge.
type ByText<'c> = HashMap<(&'c str, Edge), Vec<&'c Candidate>>;

/// The candidates that say the same at the same edge.
fn same<'b, 'c>(by_text: &'b ByText<'c>, candidate: &'c Candidate) -> &'b [&'c Candidate] {
    by_text.get(&(candidate.text.as_str(), candidate.edge)).map_or(&[], Vec::as_slice)
}

/// Takes headers and footers out of the pages. The answer has an entry per page.
pub(crate) fn separate(pages: &mut [(usize, PageLayout)]) -> Vec<HeadersFooters> {
    let alone = pages.len() == 1;
    let candidates: Vec<Candidate> = pages
        .iter()
        .enumerate()
        .flat_map(|(index, (number, page))| candidates(index, *number, page, alone))
        .collect();
    let mut by_text = ByText::new();
    for candidate in &candidates {
        by_text.entry((candidate.text.as_str(), candidate.edge)).or_default().push(candidate);
    }
    let of_letters: HashSet<Place> = candidates
        .iter()
        .filter(|candidate| is_of_letter(candidate, same(&by_text, candidate)))
        .map(|candidate| candidate.place)
        .collect();
    let mut body: HashMap<(usize, Edge), usize> = HashMap::new();
    for candidate in candidates.iter().filter(|one| of_letters.contains(&one.place)) {
        let depth = body.entry((candidate.place.page, candidate.edge)).or_insert(usize::MAX);
        *depth = candidate.depth.min(*depth);
    }
    // The row of a number stays with what stands further in, but for its own neighbours.
    let is_body = |candidate: &Candidate| {
        let depth = body.get(&(candidate.place.page, candidate.edge));
        depth.is_some_and(|depth| candidate.depth > *depth || of_letters.contains(&candidate.place))
    };
    let mut taken: Vec<Vec<(Place, Edge)>> = vec![Vec::new(); pages.len()];
    for candidate in &candidates {
        let comes_back =
            || !is_body(candidate) && comes_back(candidate, same(&by_text, candidate), pages.len());
        if candidate.certain || comes_back() {
            taken[candidate.place.page].push((candidate.place, candidate.edge));
        }
    }
    pages.iter_mut().zip(taken).map(|((_, page), taken)| take(page, &taken)).collect()
}

/// The outermost lines of a page.
fn candidates(index: usize, number: usize, page: &PageLayout, alone: bool) -> Vec<Candidate> {
    let rows = rows(index, page);
    // Titles stand in headers too: of a page alone, or in bigger letters.
    let biggest = page.blocks.iter().max_by_key(|block| block.characters());
    let usual = biggest.map_or(0.0, BlockDraft::size);
    let mut candidates = Vec::new();
    for edge in [Edge::Top, Edge::Bottom] {
        let count = rows.len().min(ROWS_PER_EDGE);
        let outer = if edge == Edge::Top { &rows[..count] } else { &rows[rows.len() - count..] };
        let running = alone && outermost_is_running(&rows, edge, page);
        let outermost = if edge == Edge::Top { 0 } else { count.saturating_sub(1) };
        for (at, row) in outer.iter().enumerate() {
            let certain = running && at == outermost;
            if !certain && !near_edge(row.baseline, edge, page.height) {
                continue;
            }
            for (place, line) in &row.lines {
                let text = pattern(&line.text());
                let aside = !alone
                    && line.size <= tolerances::HEADER_SIZE_MAX * usual
                    && line.share(|style| style.role == TagRole::Artifact) > tolerances::ARTIFACT;
                let certain = certain || is_page_number(&text) || aside;
                candidates.push(Candidate {
                    place: *place,
                    edge,
                    y: line.baseline,
                    size: line.size,
                    text,
                    numbers: numbers(&line.text()),
                    page: number,
                    depth: if edge == Edge::Top { at } else { count - 1 - at },
                    certain,
                });
            }
        }
    }
    candidates
}

/// It has a number that every page has another of, and none that counts the pages: the number of a
/// letter in a bundle of letters, which nothing else says.
fn is_of_letter(candidate: &Candidate, same: &[&Candidate]) -> bool {
    let others = || {
        same.iter().filter(|other| {
            other.page != candidate.page
                && other.numbers.len() == candidate.numbers.len()
                && (other.y - candidate.y).abs() <= tolerances::DRIFT
        })
    };
    let counts_pages = |at: usize| {
        let counted = others().filter(|other| {
            let (own, theirs) = (candidate.numbers[at], other.numbers[at]);
            let apart = own.abs_diff(theirs);
            apart == candidate.page.abs_diff(other.page) as u64
                && (own < theirs) == (candidate.page < other.page)
        });
        counted.count() * 2 >= others().count()
    };
    !candidate.certain
        && others().next().is_some()
        && others().all(|other| other.numbers != candidate.numbers)
        && !(0..candidate.numbers.len()).any(counts_pages)
}

/// The line is on two more pages, or on the next or former one.
fn comes_back(candidate: &Candidate, same: &[&Candidate], page_count: usize) -> bool {
    if page_count < 2 {
        return false;
    }
    let own = candidate.place.page;
    let letters = candidate.text.chars().filter(|c| c.is_alphabetic()).count();
    let drift_max = if letters >= LONG_TEXT_LETTERS_MIN {
        tolerances::DRIFT_OF_LONG_TEXT
    } else {
        tolerances::DRIFT
    };
    let mut last_page = usize::MAX;
    let mut found = 0;
    for other in same {
        let page = other.place.page;
        let drift = (other.y - candidate.y).abs();
        // A section's heading often is the running title of its pages, in bigger letters.
        let resized = (other.size - candidate.size).abs() > tolerances::RESIZED * candidate.size;
        let far = drift > drift_max || drift > tolerances::DRIFT && resized;
        if page == own || page == last_page || far {
            continue;
        }
        last_page = page;
        found += 1;
        if found >= 2
            || page_count < 4
            || page.abs_diff(own) == 1 && drift < tolerances::DRIFT_OF_NEIGHBOURS
        {
            return true;
        }
    }
    false
}

/// Moves lines out of the blocks of a page.
fn take(page: &mut PageLayout, taken: &[(Place, Edge)]) -> HeadersFooters {
    let mut found = HeadersFooters::default();
    let upright = page
        .blocks
        .iter()
        .filter(|block| block.direction == Direction::Right)
        .fold(Rect::NOTHING, |whole, block| whole.union(&block.rect));
    let has_margins = page.blocks.first().is_some_and(|b| b.direction == Direction::Right);
    let blocks = std::mem::take(&mut page.blocks);
    // Why the next block is read where it is, if the one that said so was taken away.
    let mut opened: Option<Relation> = None;
    for (block_index, mut block) in blocks.into_iter().enumerate() {
        if block.follows == Relation::Column {
            block.follows = opened.take().unwrap_or(Relation::Column);
        }
        opened = None;
        if has_margins && is_in_margin(&block, page, &upright) {
            opened = Some(block.follows);
            found.footers.push(block);
            continue;
        }
        let BlockDraft { content, column, direction, follows, rect } = block;
        if let DraftContent::LineNumbers(lines) = content {
            opened = Some(follows);
            found.footers.push(BlockDraft::new(lines, column, direction));
            continue;
        }
        let DraftContent::Lines(lines) = content else {
            page.blocks.push(BlockDraft { content, column, direction, follows, rect });
            continue;
        };
        let mut kept = Vec::with_capacity(lines.len());
        for (line_index, line) in lines.into_iter().enumerate() {
            let place = taken
                .iter()
                .find(|(place, _)| place.block == block_index && place.line == line_index);
            match place {
                None => kept.push(line),
                Some((_, edge)) => {
                    let running = match edge {
                        Edge::Top => &mut found.headers,
                        Edge::Bottom => &mut found.footers,
                    };
                    running.push(BlockDraft::new(vec![line], column, direction));
                }
            }
        }
        if kept.is_empty() {
            opened = Some(follows);
        } else {
            page.blocks.push(BlockDraft { follows, ..BlockDraft::new(kept, column, direction) });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_in_their_forms() {
        for text in ["12", "- 3 -", "Page 4 of 9", "xiv", "7 / 8"] {
            assert!(is_page_number(&pattern(text)), "{text}");
        }
        for text in ["Chapter 3", "2019 report", "vivid"] {
            assert!(!is_page_number(&pattern(text)), "{text}");
        }
    }
}
