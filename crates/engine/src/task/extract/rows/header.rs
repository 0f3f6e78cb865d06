//! Finds the lines that head a table and tells in which of their columns words stand.

use std::ops::Range;

use super::super::area::{Area, bounds};
use super::super::index::Index;
use super::super::labels::fit;
use super::super::vocabulary::is_known;
use super::column::Column;

/// A line whose words name properties.
pub(super) struct Header {
    pub line: usize,
    pub columns: Vec<HeaderColumn>,
}

/// A column of the header; those that no property asks for keep others' words out.
pub(super) struct HeaderColumn {
    pub property: Option<usize>,
    pub quality: f64,
    pub area: Area,
    words: Range<usize>,
}

/// A name of a column has this many words at most.
const WORDS_MAX: usize = 4;
/// A column fits from this quality on.
const QUALITY_MIN: f64 = 0.4;

/// The best header of the document, and every line that says the same.
pub(super) fn headers(index: &Index, columns: &[Column<'_>]) -> Vec<Header> {
    let cells_min = columns.len().min(2);
    let lines = (0..index.lines.len())
        .filter(|line| index.lines[*line].cells.len() >= cells_min && could_head(index, *line));
    let found: Vec<(f64, Header)> = lines.filter_map(|line| header(index, columns, line)).collect();
    let best = found.iter().map(|(score, _)| *score).fold(0.0, f64::max);
    let Some(first) = found.iter().find(|(score, _)| *score >= best) else { return Vec::new() };
    let named = names(index, &first.1);
    found
        .into_iter()
        .filter(|(_, header)| names(index, header) == named)
        .map(|(_, header)| header)
        .collect()
}

fn names(index: &Index, header: &Header) -> Vec<String> {
    header.columns.iter().map(|column| index.text(column.words.clone())).collect()
}

/// Headers hold few figures and at least two words that forms use.
fn could_head(index: &Index, line: usize) -> bool {
    let words = words_of(index, line);
    let known =
        |word: &&super::super::index::Word| word.concepts.iter().any(|concept| is_known(concept));
    let words = &index.words[words];
    let figures = words
        .iter()
        .filter(|word| word.text.chars().filter(char::is_ascii_digit).count() > 1)
        .count();
    words.len() <= 40 && figures <= 1 && words.iter().filter(known).count() >= 1
}

fn words_of(index: &Index, line: usize) -> Range<usize> {
    let cells = index.lines[line].cells.clone();
    index.cells[cells.start].words.start..index.cells[cells.end - 1].words.end
}

/// The header that a line is: properties claim the words that fit them best, one after another.
fn header(index: &Index, columns: &[Column<'_>], line: usize) -> Option<(f64, Header)> {
    let mut claims: Vec<(f64, usize, Range<usize>)> = Vec::new();
    for cell in index.lines[line].cells.clone() {
        for words in ranges(index.cells[cell].words.clone()) {
            let concepts: Vec<String> =
                index.words[words.clone()].iter().flat_map(|word| word.concepts.clone()).collect();
            for (at, column) in columns.iter().enumerate() {
                let quality = column.wish.as_ref().map_or(0.0, |wish| fit(wish, &concepts));
                if quality >= QUALITY_MIN {
                    claims.push((quality, at, words.clone()));
                }
            }
        }
    }
    claims.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.2.len().cmp(&a.2.len())));
    let mut taken: Vec<HeaderColumn> = Vec::new();
    for (quality, property, words) in claims {
        let free = taken.iter().all(|other| {
            other.property != Some(property)
                && (words.end <= other.words.start || other.words.end <= words.start)
        });
        if free {
            let area = bounds(index.words[words.clone()].iter().map(|word| word.area));
            taken.push(HeaderColumn { property: Some(property), quality, area, words });
        }
    }
    if taken.len() < columns.len().min(2) {
        return None;
    }
    let score = taken.iter().map(|column| column.quality).sum();
    taken.extend(unclaimed(index, line, &taken));
    taken.sort_by(|a, b| a.area.left.total_cmp(&b.area.left));
    Some((score, Header { line, columns: taken }))
}

fn ranges(words: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = words.end;
    words.flat_map(move |start| {
        (start + 1..=end.min(start + WORDS_MAX)).map(move |stop| start..stop)
    })
}

/// The words of the line that no property claimed, one column per run of them.
fn unclaimed(index: &Index, line: usize, taken: &[HeaderColumn]) -> Vec<HeaderColumn> {
    let mut spare = Vec::new();
    for cell in index.lines[line].cells.clone() {
        let is_free = |word: &usize| !taken.iter().any(|column| column.words.contains(word));
        let words: Vec<usize> = index.cells[cell].words.clone().filter(is_free).collect();
        for run in words.chunk_by(|a, b| a + 1 == *b) {
            let words = run[0]..run[run.len() - 1] + 1;
            let area = bounds(index.words[words.clone()].iter().map(|word| word.area));
            spare.push(HeaderColumn { property: None, quality: 0.0, area, words });
        }
    }
    spare
}

impl Header {
    /// Cuts the words of a cell where one of them begins or ends just where another column does.
    pub(super) fn pieces(&self, index: &Index, words: Range<usize>) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        let mut start = words.start;
        for at in words.start + 1..words.end {
            let area = index.words[at].area;
            let whole = bounds(index.words[start..at].iter().map(|word| word.area));
            let behind = |column: &&HeaderColumn| column.area.left > whole.right - 2.0;
            let begins = self.columns.iter().filter(behind).any(|column| {
                (column.area.left - area.left).abs() < 4.0
                    || (column.area.right - area.right).abs() < 4.0
            });
            if begins {
                pieces.push(start..at);
                start = at;
            }
        }
        pieces.push(start..words.end);
        pieces
    }

    /// The property in whose column words stand: columns are aligned left, right or centred.
    pub(super) fn column_of(&self, index: &Index, words: &Range<usize>) -> Option<usize> {
        let area = bounds(index.words[words.clone()].iter().map(|word| word.area));
        let distance = |column: &HeaderColumn| {
            let left = (column.area.left - area.left).abs();
            let right = (column.area.right - area.right).abs();
            let middle =
                (column.area.left + column.area.right - area.left - area.right).abs() / 2.0;
            let apart = if column.area.shared_width(&area) > 0.0 { 0.0 } else { 25.0 };
            left.min(right).min(middle) + apart
        };
        let nearest = self
            .columns
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .filter(|column| distance(column) < 60.0)?;
        nearest.property
    }
}
