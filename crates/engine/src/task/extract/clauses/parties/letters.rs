//! The parties of an agreement that is written as a letter: who writes it, and to whom.

use super::super::super::candidate::{Candidate, Source};
use super::super::super::index::Index;
use super::super::super::slots::is_label_like;
use super::super::super::values::proves_date;
use super::name_at;
use crate::task::extract::tolerances::BLOCK_GAP;

/// Lines of a letter above its salutation.
const HEAD_LINES_MAX: usize = 25;

/// The first lines of the blocks above the salutation that hold the writer and the addressee.
pub(super) fn letter(source: Source<'_>) -> Vec<Candidate> {
    let index = source.index;
    let Some(salutation) = salutation(index) else { return Vec::new() };
    let mut names = Vec::new();
    for line in 0..salutation {
        let begins = line == 0 || is_apart(index, line) || is_date(index, line - 1);
        let cell = &index.cells[index.lines[line].cells.start];
        let text = index.text(cell.words.clone());
        let whole = name_at(&text, 0).is_some_and(|(from, to)| from == 0 && to + 1 >= text.len());
        let has_digit = text.contains(|letter: char| letter.is_ascii_digit());
        let is_name = whole && text.contains(' ') && !has_digit && !is_label_like(index, cell);
        if begins && is_name {
            names.push(cell.words.clone());
        }
    }
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return Vec::new() };
    let ends = if names.len() > 1 { vec![first, last] } else { vec![first] };
    let places = ends.into_iter().filter_map(|words| {
        let start = source.prose.start_of(words.start)?;
        let end = source.prose.start_of(words.end - 1)? + index.words[words.end - 1].text.len();
        (start < end).then(|| super::party(source, start, end, 0.5))
    });
    places.collect()
}

/// The line with which a letter begins.
fn salutation(index: &Index) -> Option<usize> {
    let page = index.lines.first()?.page;
    let head = index.lines.iter().take(HEAD_LINES_MAX).take_while(|line| line.page == page);
    head.enumerate().find_map(|(at, line)| {
        let first = index.cells[line.cells.start].words.start;
        let word = index.words[first].text.to_lowercase();
        matches!(word.trim_end_matches([',', ':']), "dear" | "gentlemen").then_some(at)
    })
}

fn is_apart(index: &Index, line: usize) -> bool {
    let (upper, here) = (index.lines[line - 1].area, index.lines[line].area);
    here.top - upper.bottom > BLOCK_GAP * here.height()
}

fn is_date(index: &Index, line: usize) -> bool {
    let cells = index.lines[line].cells.clone();
    let words = cells.flat_map(|cell| index.cells[cell].words.clone());
    proves_date(&index.text(words))
}
