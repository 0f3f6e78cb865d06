//! Running headers, footers and page numbers: lines at the edge of a page that come back.

use std::collections::HashMap;

use crate::geometry::Direction;
use crate::layout::{Block, Line, PageLayout};

/// Headers and footers of one page.
#[derive(Default)]
pub(crate) struct Furniture {
    pub headers: Vec<Block>,
    pub footers: Vec<Block>,
}

/// How many lines from the top and from the bottom may be furniture.
const LINES_PER_EDGE: usize = 4;
/// Headers and footers stand within this part of the page's height from its edges.
const EDGE: f32 = 0.14;
/// Furniture stands at the same height on its pages, within this many points.
const DRIFT: f32 = 12.0;
/// On two neighbouring pages alone it has to be more exact.
const DRIFT_OF_NEIGHBOURS: f32 = 2.0;

/// Where a line stands: page, block and line within the block.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    page: usize,
    block: usize,
    line: usize,
}

struct Candidate {
    place: Place,
    top: bool,
    y: f32,
    text: String,
    /// It stands at the very edge, apart from a full page of text.
    lonely: bool,
}

/// Takes headers and footers out of the pages. The answer has an entry per page.
pub(crate) fn separate(pages: &mut [(usize, PageLayout)]) -> Vec<Furniture> {
    let candidates: Vec<Candidate> =
        pages.iter().enumerate().flat_map(|(index, (_, page))| candidates(index, page)).collect();
    let mut by_text: HashMap<(&str, bool), Vec<&Candidate>> = HashMap::new();
    for candidate in &candidates {
        by_text.entry((candidate.text.as_str(), candidate.top)).or_default().push(candidate);
    }
    let mut taken: Vec<Vec<(Place, bool)>> = vec![Vec::new(); pages.len()];
    for candidate in &candidates {
        let same = &by_text[&(candidate.text.as_str(), candidate.top)];
        let lonely = pages.len() == 1 && candidate.lonely;
        if comes_back(candidate, same, pages.len()) || is_page_number(&candidate.text) || lonely {
            taken[candidate.place.page].push((candidate.place, candidate.top));
        }
    }
    pages.iter_mut().zip(taken).map(|((_, page), taken)| take(page, &taken)).collect()
}

/// The outermost lines of a page.
fn candidates(index: usize, page: &PageLayout) -> Vec<Candidate> {
    let mut lines: Vec<(Place, &Line)> = Vec::new();
    for (block_index, block) in page.blocks.iter().enumerate() {
        if block.direction == Direction::Right && block.table.is_none() {
            let place = |line| Place { page: index, block: block_index, line };
            lines.extend(block.lines.iter().enumerate().map(|(at, line)| (place(at), line)));
        }
    }
    lines.sort_by(|a, b| a.1.baseline.total_cmp(&b.1.baseline));
    let lonely = lonely(&lines, page.height);
    let candidate = |(place, line): &(Place, &Line), top: bool| {
        let y = line.baseline;
        let near = if top { y < EDGE * page.height } else { y > (1.0 - EDGE) * page.height };
        let lonely = if top {
            lonely.0.is_some_and(|edge| y <= edge)
        } else {
            lonely.1.is_some_and(|edge| y >= edge)
        };
        near.then(|| Candidate { place: *place, top, y, text: pattern(&line.text()), lonely })
    };
    let top = lines.iter().take(LINES_PER_EDGE).filter_map(|entry| candidate(entry, true));
    let bottom =
        lines.iter().rev().take(LINES_PER_EDGE).filter_map(|entry| candidate(entry, false));
    top.chain(bottom).collect()
}

/// The baselines of the first and the last row, if a row stands at the edge of a page full of text,
/// apart from it, and is no bigger than it. One page alone cannot show what comes back.
fn lonely(lines: &[(Place, &Line)], page_height: f32) -> (Option<f32>, Option<f32>) {
    const ROWS_MIN: usize = 15;
    const BAND: f32 = 0.085;
    if lines.len() < ROWS_MIN {
        return (None, None);
    }
    let body = lines[lines.len() / 2].1.size;
    let apart = |edge: &Line, gap: f32| {
        gap > 1.9 * edge.size && edge.size <= 1.1 * body && edge.share(|style| style.bold) < 0.5
    };
    let gap = |edge: &Line| {
        let gaps = lines.iter().map(|(_, line)| (line.baseline - edge.baseline).abs());
        gaps.filter(|gap| *gap > 2.0).fold(f32::INFINITY, f32::min)
    };
    let (first, last) = (lines[0].1, lines[lines.len() - 1].1);
    let top = apart(first, gap(first)) && first.baseline < BAND * page_height;
    let bottom = apart(last, gap(last)) && last.baseline > (1.0 - BAND) * page_height;
    (top.then_some(first.baseline + 2.0), bottom.then_some(last.baseline - 2.0))
}

/// The text with its numbers and case taken away.
fn pattern(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let lower = word.to_lowercase();
        let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
        let roman =
            !bare.is_empty() && bare.len() <= 6 && bare.chars().all(|c| "ivxlc".contains(c));
        if roman { "#".to_owned() } else { without_digits(&lower) }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_digits(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len());
    for character in word.chars() {
        if !character.is_numeric() {
            pattern.push(character);
        } else if !pattern.ends_with('#') {
            pattern.push('#');
        }
    }
    pattern
}

/// The line is on two more pages, or on the next or former one.
fn comes_back(candidate: &Candidate, same: &[&Candidate], page_count: usize) -> bool {
    if page_count < 2 {
        return false;
    }
    let own = candidate.place.page;
    let mut last_page = usize::MAX;
    let mut found = 0;
    for other in same {
        let page = other.place.page;
        let drift = (other.y - candidate.y).abs();
        if page == own || page == last_page || drift > DRIFT {
            continue;
        }
        last_page = page;
        found += 1;
        if found >= 2 || page_count < 4 || page.abs_diff(own) == 1 && drift < DRIFT_OF_NEIGHBOURS {
            return true;
        }
    }
    false
}

/// A number alone, in the forms of page numbers; the text is a pattern.
fn is_page_number(pattern: &str) -> bool {
    let plain: String = pattern
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2013}' | '\u{2014}' | '|' | '.'))
        .collect();
    let roman = !plain.is_empty() && plain.len() <= 6 && plain.chars().all(|c| "ivxlc".contains(c));
    roman
        || matches!(plain.as_str(), "#" | "page#" | "page#of#" | "#of#" | "#/#" | "p#" | "page#/#")
}

/// Moves lines out of the blocks of a page.
fn take(page: &mut PageLayout, taken: &[(Place, bool)]) -> Furniture {
    let mut furniture = Furniture::default();
    if taken.is_empty() {
        return furniture;
    }
    let blocks = std::mem::take(&mut page.blocks);
    for (block_index, block) in blocks.into_iter().enumerate() {
        if block.table.is_some() {
            page.blocks.push(block);
            continue;
        }
        let Block { lines, column, direction, .. } = block;
        let mut kept = Vec::with_capacity(lines.len());
        for (line_index, line) in lines.into_iter().enumerate() {
            let place = taken
                .iter()
                .find(|(place, _)| place.block == block_index && place.line == line_index);
            match place {
                None => kept.push(line),
                Some((_, top)) => {
                    let edge = if *top { &mut furniture.headers } else { &mut furniture.footers };
                    edge.push(Block::new(vec![line], column, direction));
                }
            }
        }
        if !kept.is_empty() {
            page.blocks.push(Block::new(kept, column, direction));
        }
    }
    furniture
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
