//! A grid of characters for documents without coordinates: the search for values asks what stands
//! beside and below a label, and on the grid blocks stand one below the other, and cells of tables
//! in their rows and columns. Nothing of it leaves the search.

use std::collections::HashMap;

use crate::model::{Block, Cell, Content, Table, Text};
use crate::task::extract::area::Area;

/// Width and height of a character, and the distance of lines.
const LETTER: f64 = 5.0;
const HEIGHT: f64 = 10.0;
const LEADING: f64 = 12.0;
const MARGIN: f64 = 40.0;
/// Between columns of a table: wide enough to part cells.
const GUTTER: f64 = 20.0;
/// Characters of a line, as on A4.
const LINE_LETTERS: usize = 103;
/// Columns of a table are no wider than so many characters.
const COLUMN_LETTERS_MAX: usize = 60;

/// The pages so far, each down to where its next block goes.
#[derive(Debug, Default)]
pub(super) struct Grid {
    tops: HashMap<usize, f64>,
}

/// Words in reading order where they stand.
type Words<'d> = Vec<(&'d str, Area)>;

impl Grid {
    /// The words of each text of a block, below the blocks of its page so far.
    pub(super) fn words<'d>(&mut self, block: &'d Block) -> Vec<Words<'d>> {
        let top = self.tops.get(&block.page).copied().unwrap_or(MARGIN);
        let (texts, bottom) = match &block.content {
            Content::Text { text, .. } | Content::Formula(text) | Content::Code(text) => {
                let (words, bottom) = lines(text, (MARGIN, top), LINE_LETTERS);
                (vec![words], bottom)
            }
            Content::Table(table) => cells(table, top),
            Content::Field(field) => {
                let (mut words, bottom) = row(&field.label, (MARGIN, top), LINE_LETTERS);
                let start = words.last().map_or(MARGIN, |(_, area)| area.right + LETTER);
                words.extend(row(&field.value, (start, top), LINE_LETTERS).0);
                (vec![words], bottom)
            }
            Content::Picture => (Vec::new(), top),
        };
        self.tops.insert(block.page, bottom + LEADING);
        texts
    }
}

/// The words of a text from a place on, each line of at most so many characters, and the lower edge
/// of the last line.
fn lines(text: &Text, (left, top): (f64, f64), letters_max: usize) -> (Words<'_>, f64) {
    let (mut words, mut bottom) = (Vec::new(), top);
    for line in text.rows().filter(|line| !line.trim().is_empty()) {
        let start = if words.is_empty() { top } else { bottom - HEIGHT + LEADING };
        let (of_line, end) = row(line, (left, start), letters_max);
        words.extend(of_line);
        bottom = end;
    }
    (words, bottom)
}

fn row(text: &str, (left, mut top): (f64, f64), letters_max: usize) -> (Words<'_>, f64) {
    let (mut words, mut used) = (Vec::new(), 0);
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if used > 0 && used + 1 + letters > letters_max {
            (top, used) = (top + LEADING, 0);
        }
        let at = if used == 0 { 0 } else { used + 1 };
        let start = left + at as f64 * LETTER;
        let right = start + letters as f64 * LETTER;
        words.push((word, Area { left: start, top, right, bottom: top + HEIGHT }));
        used = at + letters;
    }
    (words, top + HEIGHT)
}

/// The words of each cell of a table, and its lower edge.
fn cells(table: &Table, top: f64) -> (Vec<Words<'_>>, f64) {
    let widths = widths(table);
    let starts: Vec<f64> = widths
        .iter()
        .scan(MARGIN, |x, letters| {
            let start = *x;
            *x += *letters as f64 * LETTER + GUTTER;
            Some(start)
        })
        .collect();
    let (mut cells, mut y) = (Vec::with_capacity(table.cells.len()), top);
    for row in table.cells.chunk_by(|a, b| a.row == b.row) {
        let mut bottom = y + LEADING;
        for cell in row {
            let width =
                if cell.column_span == 1 { widths[cell.column] } else { COLUMN_LETTERS_MAX };
            let (of_cell, end) = lines(&cell.text, (starts[cell.column], y), width);
            if !of_cell.is_empty() {
                bottom = bottom.max(end + 2.0);
            }
            cells.push(of_cell);
        }
        y = bottom;
    }
    (cells, y)
}

/// The characters of the widest line of each column.
fn widths(table: &Table) -> Vec<usize> {
    let mut letters = vec![1; table.columns];
    let longest = |cell: &Cell| cell.text.rows().map(|row| row.trim().chars().count()).max();
    for cell in table.cells.iter().filter(|cell| cell.column_span == 1) {
        let longest = longest(cell).unwrap_or(0).min(COLUMN_LETTERS_MAX);
        letters[cell.column] = letters[cell.column].max(longest);
    }
    letters
}
