//! Ruled tables: cells between drawn lines, and the words that stand in them.

mod grid;
mod split;

use crate::geometry::Rect;
use crate::layout::{Line, Word, line_of_words, rows_of_lines};
use grid::{Grid, grids};
use split::split_rows;

/// A table with the text of its cells.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub rect: Rect,
    pub rows: usize,
    pub columns: usize,
    /// Row by row, each from left to right.
    pub cells: Vec<Cell>,
}

/// A cell, which may span several rows and columns.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub row: usize,
    pub row_span: usize,
    pub column_span: usize,
    pub lines: Vec<Line>,
}

impl Cell {
    fn characters(&self) -> usize {
        self.lines.iter().map(Line::characters).sum()
    }
}

/// Fewer filled cells are a box around something, not a table.
const FILLED_CELLS_MIN: usize = 4;
/// Boxes with more text than this are columns or panels of a page, not cells.
const CELL_CHARACTERS_MAX: usize = 2500;
const MEAN_CHARACTERS_MAX: usize = 400;

/// Takes the lines that stand in ruled tables out of the lines of a page. In their place comes one
/// empty line per table, which holds it.
pub(crate) fn extract(mut lines: Vec<Line>, rulings: &[Rect]) -> Vec<Line> {
    if rulings.len() < 4 {
        return lines;
    }
    for grid in grids(rulings) {
        let inside = |line: &Line| line.table.is_none() && grid.rect.contains(line.rect.center());
        let (within, rest): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(inside);
        lines = rest;
        let order = within.iter().map(|line| line.order).min();
        let size = within.iter().map(|line| line.size).fold(0.0, f32::max);
        match fill(&grid, &within) {
            Some(table) => {
                let mut place = line_of_words(Vec::new(), order.unwrap_or(0));
                (place.rect, place.size, place.baseline) = (table.rect, size, table.rect.y1);
                place.table = Some(Box::new(table));
                lines.push(place);
            }
            None => lines.extend(within),
        }
    }
    lines.sort_by_key(|line| line.order);
    lines
}

/// Puts words into cells. `None`: too few cells hold any.
fn fill(grid: &Grid, lines: &[Line]) -> Option<Table> {
    let mut words: Vec<Vec<(usize, Word)>> = vec![Vec::new(); grid.cells.len()];
    for (number, line) in lines.iter().enumerate() {
        for word in &line.words {
            let (x, y) = word.rect.center();
            words[grid.cell_at(x, y)?].push((number, word.clone()));
        }
    }
    let filled = words.iter().filter(|words| !words.is_empty()).count();
    if filled < FILLED_CELLS_MIN || filled * 4 < grid.cells.len() {
        return None;
    }
    let cells = grid.cells.iter().zip(words).map(|(cell, words)| {
        let parts = words.chunk_by(|a, b| a.0 == b.0).map(|part| {
            line_of_words(part.iter().map(|(_, word)| word.clone()).collect(), part[0].0)
        });
        Cell { lines: rows_of_lines(parts.collect()), ..cell.clone() }
    });
    let cells: Vec<Cell> = cells.collect();
    let longest = cells.iter().map(Cell::characters).max().unwrap_or(0);
    let total: usize = cells.iter().map(Cell::characters).sum();
    if longest > CELL_CHARACTERS_MAX || total > filled * MEAN_CHARACTERS_MAX {
        return None;
    }
    let (cells, rows) = split_rows(cells, grid.ys.len() - 1);
    Some(Table { rect: grid.rect, rows, columns: grid.xs.len() - 1, cells })
}
