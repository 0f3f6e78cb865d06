//! A column of a table, and what a row has in it.

use std::collections::BTreeSet;

use super::phrases::Phrase;

/// Left and right edge of what stands in a column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub x0: f32,
    pub x1: f32,
    pub rows: BTreeSet<usize>,
    /// Its words begin so exactly below one another that no wide gap need part them from the column
    /// before.
    pub aligned: bool,
}

impl Column {
    pub(super) fn new(x0: f32, x1: f32) -> Self {
        Self { x0, x1, rows: BTreeSet::new(), aligned: false }
    }
}

/// What stands in one text row within a range of columns.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The first column.
    pub from: usize,
    /// The column behind the last.
    pub to: usize,
    pub phrase: Phrase,
}
