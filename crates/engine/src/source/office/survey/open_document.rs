//! What an `OpenDocument` file or a book holds: its text, and the cells of its tables.

use super::costs::PIECE_CHARACTERS;
use super::markup::{Sink, Tag, characters};

/// Counts as it hears.
#[derive(Debug, Default)]
pub(super) struct OpenDocumentCounter {
    /// Text, as often as it is shown.
    pub characters: u64,
    /// Cells of all tables, as often as they are repeated.
    pub cells: u64,
    /// Tables within tables, at the deepest place.
    pub tables_nested: u64,
    tables: u64,
    /// How often the open row and the open cell are repeated.
    row: u64,
    cell: Option<u64>,
}

impl OpenDocumentCounter {
    fn times(&self) -> u64 {
        self.cell.map_or(1, |cell| cell.saturating_mul(self.row.max(1)))
    }
}

impl Sink for OpenDocumentCounter {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"table" if !tag.is_empty => {
                self.tables += 1;
                self.tables_nested = self.tables_nested.max(self.tables);
            }
            b"table-row" => self.row = tag.number(b"number-rows-repeated").unwrap_or(1),
            b"table-cell" | b"td" | b"th" if !tag.is_empty => {
                self.cell = Some(tag.number(b"number-columns-repeated").unwrap_or(1));
                self.cells = self.cells.saturating_add(self.times());
            }
            b"p" | b"h" => {
                let added = PIECE_CHARACTERS.saturating_mul(self.times());
                self.characters = self.characters.saturating_add(added);
            }
            // Spaces that stand for many.
            b"s" => {
                let spaces = tag.number(b"c").unwrap_or(1).saturating_mul(self.times());
                self.characters = self.characters.saturating_add(spaces);
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"table" => self.tables = self.tables.saturating_sub(1),
            b"table-cell" | b"td" | b"th" => self.cell = None,
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        let added = characters(piece).saturating_mul(self.times());
        self.characters = self.characters.saturating_add(added);
    }
}

#[cfg(test)]
mod tests {
    use super::super::markup::Scanner;
    use super::*;

    #[test]
    fn repeated_cells_count_as_often_as_they_are_shown() {
        let (mut scanner, mut counter) = (Scanner::new(), OpenDocumentCounter::default());
        let xml = "<t:table><t:table-row t:number-rows-repeated='1000'>\
                   <t:table-cell t:number-columns-repeated='500'><x:p>abcd</x:p></t:table-cell>\
                   <t:table-cell t:number-columns-repeated='16000'/></t:table-row></t:table>";
        scanner.feed(xml.as_bytes(), &mut counter);
        assert_eq!(counter.cells, 500_000);
        assert_eq!(counter.characters, 500_000 * (4 + PIECE_CHARACTERS));
        assert_eq!(counter.tables_nested, 1);
    }
}
