//! Tables: cells in rows and columns.

use super::geometry::Rect;
use super::line::Line;

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
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    /// It names what stands below it.
    pub header: bool,
    pub lines: Vec<Line>,
}

impl Cell {
    pub(crate) fn characters(&self) -> usize {
        self.lines.iter().map(Line::characters).sum()
    }
}
