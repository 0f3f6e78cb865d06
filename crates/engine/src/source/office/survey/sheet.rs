//! What a worksheet holds: its used area, its merged ranges and the text that its cells show.

use std::collections::HashMap;

use super::costs::PIECE_CHARACTERS;
use super::markup::{Sink, Tag, characters, leading_number};

/// Rows and columns, from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::office) struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

impl Area {
    fn of_cell((row, column): (u32, u32)) -> Self {
        Self { rows: (row, row), columns: (column, column) }
    }

    fn around(self, other: Self) -> Self {
        let union = |a: (u32, u32), b: (u32, u32)| (a.0.min(b.0), a.1.max(b.1));
        Self { rows: union(self.rows, other.rows), columns: union(self.columns, other.columns) }
    }

    pub(super) fn cells(self) -> u64 {
        let length = |(first, last): (u32, u32)| u64::from(last.saturating_sub(first)) + 1;
        length(self.rows) * length(self.columns)
    }
}

/// Counts as it hears.
#[derive(Debug)]
pub(super) struct SheetCounter<'s> {
    /// The length of every shared string.
    strings: &'s [u32],
    /// Around all cells that hold something.
    pub used: Option<Area>,
    /// Around these and all merged ranges.
    pub whole: Option<Area>,
    /// Cells that merged ranges cover.
    pub merged: u64,
    /// Text, as often as it is shown.
    pub characters: u64,
    /// The length of the text in each cell.
    texts: HashMap<(u32, u32), u32>,
    row: u32,
    next_row: u32,
    cell: Option<OpenCell>,
    next_column: u32,
    /// What is open within a cell.
    inside: Inside,
}

#[derive(Clone, Copy, Debug)]
struct OpenCell {
    at: (u32, u32),
    is_shared: bool,
    /// The number so far, where the text is an index.
    index: Option<u64>,
    length: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Nothing,
    Value,
    Formula,
}

impl<'s> SheetCounter<'s> {
    pub(super) fn new(strings: &'s [u32]) -> Self {
        Self {
            strings,
            used: None,
            whole: None,
            merged: 0,
            characters: 0,
            texts: HashMap::new(),
            row: 0,
            next_row: 0,
            cell: None,
            next_column: 0,
            inside: Inside::Nothing,
        }
    }

    /// How many cells hold something.
    pub(super) fn filled(&self) -> u64 {
        self.texts.len() as u64
    }

    fn open_cell(&mut self, tag: Tag<'_>) {
        let stated = tag.attribute(b"r").and_then(|name| place(name).map(|(place, _)| place));
        let at = stated.unwrap_or((self.row, self.next_column));
        self.next_column = at.1.saturating_add(1);
        let is_shared = tag.attribute(b"t") == Some(b"s");
        self.cell = (!tag.is_empty).then_some(OpenCell { at, is_shared, index: None, length: 0 });
    }

    fn close_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let length = match (cell.is_shared, cell.index) {
            (true, index) => index
                .and_then(|index| self.strings.get(usize::try_from(index).ok()?).copied())
                .unwrap_or(0),
            (false, _) => cell.length,
        };
        if length == 0 && cell.index.is_none() {
            return;
        }
        self.characters = self.characters.saturating_add(u64::from(length) + PIECE_CHARACTERS);
        self.texts.insert(cell.at, length);
        self.reach(Area::of_cell(cell.at), true);
    }

    fn reach(&mut self, area: Area, is_used: bool) {
        let around = |known: Option<Area>| known.map_or(area, |known| known.around(area));
        self.whole = Some(around(self.whole));
        if is_used {
            self.used = Some(around(self.used));
        }
    }

    fn merge(&mut self, range: &[u8]) {
        let Some(area) = area(range) else { return };
        self.reach(area, false);
        self.merged = self.merged.saturating_add(area.cells());
        let corner = (area.rows.0, area.columns.0);
        let repeated = self.texts.get(&corner).copied().unwrap_or(0);
        let repeated = u64::from(repeated).saturating_mul(area.cells() - 1);
        self.characters = self.characters.saturating_add(repeated);
    }
}

impl Sink for SheetCounter<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"row" => {
                let stated = tag.number(b"r").and_then(|row| u32::try_from(row).ok());
                self.row = stated.map_or(self.next_row, |row| row.saturating_sub(1));
                self.next_row = self.row.saturating_add(1);
                self.next_column = 0;
            }
            b"c" => self.open_cell(tag),
            b"v" | b"t" => self.inside = Inside::Value,
            b"f" if !tag.is_empty => self.inside = Inside::Formula,
            b"mergeCell" => self.merge(tag.attribute(b"ref").unwrap_or_default()),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"c" => self.close_cell(),
            b"v" | b"t" | b"f" => self.inside = Inside::Nothing,
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        let Some(cell) = &mut self.cell else { return };
        if self.inside != Inside::Value {
            return;
        }
        let count = u32::try_from(characters(piece)).unwrap_or(u32::MAX);
        cell.length = cell.length.saturating_add(count);
        // A number that is cut in two by the reading is put together again.
        for digit in piece.iter().filter(|byte| byte.is_ascii_digit()) {
            let former = cell.index.unwrap_or(0).saturating_mul(10);
            cell.index = Some(former.saturating_add(u64::from(digit - b'0')));
        }
    }
}

/// A range such as `A1:C7`, or a single cell.
pub(in crate::source::office) fn area(range: &[u8]) -> Option<Area> {
    let (first, rest) = place(range)?;
    let last = match rest.strip_prefix(b":") {
        Some(rest) => place(rest)?.0,
        None => first,
    };
    Some(Area::of_cell(first).around(Area::of_cell(last)))
}

/// Row and column of a name such as `$C$7`, and what follows it.
fn place(name: &[u8]) -> Option<((u32, u32), &[u8])> {
    let name = name.strip_prefix(b"$").unwrap_or(name);
    let letters = name.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let column = name[..letters].iter().fold(0_u32, |sum, letter| {
        let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        sum.saturating_mul(26).saturating_add(digit)
    });
    let rest = &name[letters..];
    let rest = rest.strip_prefix(b"$").unwrap_or(rest);
    let row = u32::try_from(leading_number(rest)?).ok()?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some(((row.checked_sub(1)?, column.checked_sub(1)?), &rest[digits..]))
}

#[cfg(test)]
mod tests {
    use super::super::markup::Scanner;
    use super::*;

    fn counted<'s>(xml: &str, strings: &'s [u32]) -> SheetCounter<'s> {
        let (mut scanner, mut counter) = (Scanner::new(), SheetCounter::new(strings));
        for piece in xml.as_bytes().chunks(3) {
            scanner.feed(piece, &mut counter);
        }
        counter
    }

    #[test]
    fn places_and_ranges() {
        assert_eq!(place(b"A1"), Some(((0, 0), &b""[..])));
        assert_eq!(place(b"$XFD$1048576"), Some(((1_048_575, 16_383), &b""[..])));
        assert_eq!(place(b"A"), None);
        assert_eq!(area(b"A1:XFD1048576").unwrap().cells(), 17_179_869_184);
        assert_eq!(area(b"B2").unwrap().cells(), 1);
    }

    #[test]
    fn only_cells_that_hold_something_are_used() {
        let sheet = counted(
            "<row r=\"2\"><c r=\"B2\"><v>12</v></c><c/><c t=\"s\"><v>1</v></c>\
             <c r=\"Z99\" s=\"4\"/><c r=\"F2\"><f>A1</f></c></row>",
            &[5, 1000],
        );
        assert_eq!(sheet.used, Some(Area { rows: (1, 1), columns: (1, 3) }));
        assert_eq!(sheet.characters, 1002 + 2 * PIECE_CHARACTERS);
    }

    #[test]
    fn merged_ranges_repeat_their_text() {
        let sheet = counted(
            "<row><c r=\"A1\" t=\"s\"><v>0</v></c></row><mergeCell ref=\"A1:B5\"/>",
            &[1000],
        );
        assert_eq!((sheet.merged, sheet.characters), (10, 10_000 + PIECE_CHARACTERS));
        assert_eq!(sheet.whole.unwrap().cells(), 10);
    }
}
