//! Tables: cells in rows and columns.

use super::text::Text;

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// How many rows it has.
    pub rows: usize,
    /// How many columns it has.
    pub columns: usize,
    /// Row by row, each in reading order. Places of the grid that no cell covers are empty.
    pub cells: Vec<Cell>,
}

/// A cell, which may span several rows and columns.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its first row, from 0.
    pub row: usize,
    /// Its first column, from 0.
    pub column: usize,
    /// How many rows it covers, at least 1.
    pub row_span: usize,
    /// How many columns it covers, at least 1.
    pub column_span: usize,
    /// It is a heading of what stands below it.
    pub header: bool,
    /// What it says.
    pub text: Text,
}

impl Table {
    /// The cells that begin in each row.
    pub(crate) fn by_row(&self) -> impl Iterator<Item = &[Cell]> {
        (0..self.rows).map(|row| {
            let start = self.cells.partition_point(|cell| cell.row < row);
            let end = self.cells.partition_point(|cell| cell.row <= row);
            &self.cells[start..end]
        })
    }

    /// Its text: a line for each row that is not empty, with a tab between cells.
    pub(crate) fn text(&self) -> String {
        let rows = self.by_row().map(|row| {
            let texts: Vec<&str> = row.iter().map(|cell| cell.text.content.as_str()).collect();
            texts.join("\t").trim_end().to_owned()
        });
        rows.filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
    }
}
