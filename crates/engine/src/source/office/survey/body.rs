//! What a Word document or a slide holds: its text, and the cells of its tables.

use std::collections::HashMap;

use super::costs::PIECE_CHARACTERS;
use super::markup::{Sink, Tag, characters};

/// Columns of a table for which the height of merged cells is followed one by one.
const COLUMNS_MAX: u64 = 4_096;

/// Counts as it hears.
#[derive(Debug, Default)]
pub(super) struct BodyCounter {
    /// Text, as often as it is shown: once in each cell that a merged cell covers, and once for each
    /// table around it.
    pub characters: u64,
    /// Cells of all tables, with those that short rows lack.
    pub cells: u64,
    /// Tables within tables, at the deepest place.
    pub tables_nested: u64,
    open: Vec<OpenTable>,
}

/// A table that is being read.
#[derive(Debug, Default)]
struct OpenTable {
    rows: u64,
    columns: u64,
    /// Grid columns of the row so far.
    used: u64,
    cell: OpenCell,
    /// The text of the cell that a column continues downwards.
    above: HashMap<u64, u64>,
}

#[derive(Debug, Default)]
struct OpenCell {
    span: u64,
    characters: u64,
    continues: bool,
}

impl Sink for BodyCounter {
    fn start(&mut self, tag: Tag<'_>) {
        if tag.name == b"tbl" && !tag.is_empty {
            self.open.push(OpenTable::default());
            self.tables_nested = self.tables_nested.max(self.open.len() as u64);
            return;
        }
        if tag.name == b"p" {
            self.characters = self.characters.saturating_add(PIECE_CHARACTERS);
            return;
        }
        let Some(table) = self.open.last_mut() else { return };
        match tag.name {
            b"tr" => {
                table.rows += 1;
                table.used = 0;
            }
            b"tc" => {
                // Word states spans in an element of their own, slides in attributes.
                let span = tag.number(b"gridSpan").unwrap_or(1);
                let continues = tag.attribute(b"vMerge").is_some();
                table.cell = OpenCell { span, characters: 0, continues };
            }
            b"gridSpan" => table.cell.span = tag.number(b"val").unwrap_or(1),
            b"vMerge" => table.cell.continues = tag.attribute(b"val") != Some(b"restart"),
            b"gridBefore" | b"gridAfter" => {
                table.used = table.used.saturating_add(tag.number(b"val").unwrap_or(0));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        let Some(table) = self.open.last_mut() else { return };
        match name {
            b"tc" => {
                let text = table.close_cell();
                self.add_text(text);
            }
            b"tr" => table.columns = table.columns.max(table.used),
            b"tbl" => {
                let columns = table.columns.max(table.used);
                self.cells = self.cells.saturating_add(table.rows.saturating_mul(columns));
                self.open.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        let count = characters(piece.trim_ascii());
        match self.open.last_mut() {
            Some(table) => table.cell.characters += count,
            None => self.characters = self.characters.saturating_add(count),
        }
    }
}

impl BodyCounter {
    /// The text of a cell belongs to the cell around its table too.
    fn add_text(&mut self, count: u64) {
        self.characters = self.characters.saturating_add(count);
        let outer = self.open.len().checked_sub(2);
        if let Some(table) = outer.and_then(|outer| self.open.get_mut(outer)) {
            table.cell.characters = table.cell.characters.saturating_add(count);
        }
    }
}

impl OpenTable {
    /// The characters that the cell shows, over all the columns it covers.
    fn close_cell(&mut self) -> u64 {
        let cell = std::mem::take(&mut self.cell);
        let column = self.used.min(COLUMNS_MAX);
        let span = cell.span.max(1);
        self.used = self.used.saturating_add(span);
        let text = if cell.continues {
            let above = self.above.get(&column).copied().unwrap_or(0);
            above.max(cell.characters)
        } else {
            self.above.insert(column, cell.characters);
            cell.characters
        };
        text.saturating_mul(span)
    }
}
