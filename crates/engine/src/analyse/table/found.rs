//! A table where it was found among the lines of a page.

use crate::analyse::draft::TableDraft;
use crate::model::Line;

/// A table, and what it was made of.
#[derive(Clone, Debug)]
pub(crate) struct FoundTable {
    pub table: TableDraft,
    /// Place in the content stream: that of its first line.
    pub order: usize,
    /// The largest font size of its lines.
    pub size: f32,
}

impl FoundTable {
    /// A table that stands instead of these lines.
    pub(super) fn new(table: TableDraft, lines: &[Line]) -> Self {
        let order = lines.iter().map(|line| line.order).min().unwrap_or(0);
        let size = lines.iter().map(|line| line.size).fold(0.0, f32::max);
        Self { table, order, size }
    }
}
