//! What Excel shows of a workbook, beside the structure that the library gives: numbers by their
//! formats, links, and what is hidden.

mod dates;
mod large;
mod number;

use std::collections::{HashMap, HashSet};

use super::characters::{Pieces, part_links};
use super::format::Requested;
use super::survey::{CellArea, ListCounter, Package, Sink, Tag, cell_area};
use crate::error::Error;
use crate::limits::Limits;
use crate::model::Table;
use large::Grid;
use number::NumberFormat;

/// A workbook by its sheets.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    sheets: Vec<Sheet>,
    /// The name of each sheet, and whether it is shown.
    names: Vec<(String, bool)>,
}

/// What a sheet shows. Rows and columns count from 0.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Cells whose text is not that of a string, by row and column.
    texts: Vec<((u32, u32), Box<str>)>,
    links: Vec<((u32, u32), String)>,
    hidden_rows: Vec<u32>,
    /// First and last.
    hidden_columns: Vec<(u32, u32)>,
    /// Cells that hold something: of shown columns and of hidden ones, in rows that are shown and in
    /// those that are hidden.
    filled: [[u64; 2]; 2],
    /// Merged ranges, of a sheet of which all cells are read here.
    merged: Vec<CellArea>,
}

impl Sheets {
    /// Reads a workbook: all cells of large sheets, given by their numbers from 1.
    ///
    /// # Errors
    /// If it is beyond a limit.
    pub(super) fn of(bytes: &[u8], large: &[usize], limits: &Limits) -> Result<Self, Error> {
        let Some(mut package) = Package::open(bytes, limits)? else { return Ok(Self::default()) };
        let mut list = ListCounter::default();
        package.scan("xl/workbook.xml", &mut list)?;
        let mut workbook = WorkbookReader::default();
        package.scan("xl/workbook.xml", &mut workbook)?;
        let mut styles = StyleReader::default();
        package.scan("xl/styles.xml", &mut styles)?;
        let formats = styles.formats();
        let mut blanks = BlankStrings::default();
        package.scan("xl/sharedStrings.xml", &mut blanks)?;
        let mut strings = SharedStrings::default();
        if !large.is_empty() {
            package.scan("xl/sharedStrings.xml", &mut strings)?;
        }
        let targets = package.targets_of("xl/workbook.xml")?;
        let mut sheets = Vec::new();
        for (index, relation) in list.pages.iter().enumerate() {
            let Some(target) = targets.get(relation) else {
                sheets.push(Sheet::default());
                continue;
            };
            let links = part_links(&mut package, &target.target)?;
            let mut reader = SheetReader::new(&formats, workbook.from_1904, links, &blanks.blanks);
            reader.strings = large.contains(&(index + 1)).then_some(strings.list.as_slice());
            package.scan(&target.target, &mut reader)?;
            let mut sheet = reader.sheet;
            sheet.texts.sort_unstable_by_key(|(place, _)| *place);
            sheet.links.sort_by_key(|(place, _)| *place);
            sheet.hidden_rows.sort_unstable();
            sheets.push(sheet);
        }
        Ok(Self { sheets, names: workbook.names })
    }

    /// The sheet with this number, from 1.
    pub(super) fn get(&self, page: usize) -> Option<&Sheet> {
        self.sheets.get(page.checked_sub(1)?)
    }

    /// Takes the sheet with this number, from 1, with its name and whether it is shown.
    pub(super) fn take(&mut self, page: usize) -> Option<(Sheet, String, bool)> {
        let index = page.checked_sub(1)?;
        let sheet = std::mem::take(self.sheets.get_mut(index)?);
        let (name, is_shown) = self.names.get(index).cloned()?;
        Some((sheet, name, is_shown))
    }
}

impl Sheet {
    /// What a cell shows, where that is not the text of a string.
    pub(super) fn text(&self, place: (u32, u32)) -> Option<&str> {
        let at = self.texts.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        Some(&self.texts[at].1)
    }

    /// Where a cell leads.
    pub(super) fn link(&self, place: (u32, u32)) -> Option<&str> {
        let at = self.links.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        Some(&self.links[at].1)
    }

    /// The tables of a sheet of which all cells were read.
    pub(super) fn into_tables(mut self, requested: Requested) -> Vec<Table> {
        let texts = std::mem::take(&mut self.texts);
        large::tables(Grid {
            texts,
            merged: &self.merged,
            link: &|place| self.link(place).map(str::to_owned),
            shows_row: &|row| requested.rows || !self.hides_row(row),
            shows_column: &|column| requested.columns || !self.hides_column(column),
        })
    }

    /// How many cells hold something that is shown or requested.
    pub(super) fn cells_shown(&self, requested: Requested) -> u64 {
        let [shown, hidden] = &self.filled;
        let of_row = |row: &[u64; 2]| row[0] + if requested.columns { row[1] } else { 0 };
        of_row(shown) + if requested.rows { of_row(hidden) } else { 0 }
    }

    pub(super) fn hides_row(&self, row: u32) -> bool {
        self.hidden_rows.binary_search(&row).is_ok()
    }

    pub(super) fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }
}

/// Whether dates count from 1904, and the names of the sheets.
#[derive(Default)]
struct WorkbookReader {
    from_1904: bool,
    names: Vec<(String, bool)>,
}

impl Sink for WorkbookReader {
    fn start(&mut self, tag: Tag<'_>) {
        if tag.name == b"workbookPr" {
            self.from_1904 = matches!(tag.attribute(b"date1904"), Some(b"1" | b"true"));
        }
        if tag.name == b"sheet" {
            let mut name = Pieces::default();
            name.push(tag.attribute(b"name").unwrap_or_default());
            let is_hidden = matches!(tag.attribute(b"state"), Some(b"hidden" | b"veryHidden"));
            self.names.push((name.take(), !is_hidden));
        }
    }

    fn end(&mut self, _name: &[u8]) {}

    fn text(&mut self, _piece: &[u8]) {}
}

/// The number formats of cell styles.
#[derive(Default)]
struct StyleReader {
    codes: HashMap<u64, String>,
    /// The format of each style, by its number.
    styles: Vec<u64>,
    in_styles: bool,
}

impl StyleReader {
    fn formats(&self) -> Vec<NumberFormat> {
        let format = |id: &u64| match self.codes.get(id) {
            Some(code) => NumberFormat::of(code),
            None => NumberFormat::built_in(*id),
        };
        self.styles.iter().map(format).collect()
    }
}

impl Sink for StyleReader {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"numFmt" => {
                let code = tag.attribute(b"formatCode").unwrap_or_default();
                let mut pieces = Pieces::default();
                pieces.push(code);
                if let Some(id) = tag.number(b"numFmtId") {
                    self.codes.insert(id, pieces.take());
                }
            }
            b"cellXfs" => self.in_styles = true,
            b"xf" if self.in_styles => self.styles.push(tag.number(b"numFmtId").unwrap_or(0)),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.in_styles &= name != b"cellXfs";
    }

    fn text(&mut self, _piece: &[u8]) {}
}

/// A cell that is open.
struct OpenCell {
    place: (u32, u32),
    kind: Vec<u8>,
    style: usize,
    is_filled: bool,
}

struct SheetReader<'f> {
    formats: &'f [NumberFormat],
    from_1904: bool,
    links: HashMap<String, String>,
    sheet: Sheet,
    row: u32,
    row_is_hidden: bool,
    next_row: u32,
    next_column: u32,
    cell: Option<OpenCell>,
    value: Option<Pieces>,
    in_text: bool,
    /// The shared strings that show nothing.
    blanks: &'f HashSet<u64>,
    /// The shared strings, if all cells are to be read.
    strings: Option<&'f [Box<str>]>,
    /// The text of a cell that has it in itself.
    inline: String,
}

impl<'f> SheetReader<'f> {
    fn new(
        formats: &'f [NumberFormat],
        from_1904: bool,
        links: HashMap<String, String>,
        blanks: &'f HashSet<u64>,
    ) -> Self {
        Self {
            formats,
            from_1904,
            links,
            sheet: Sheet::default(),
            row: 0,
            row_is_hidden: false,
            next_row: 0,
            next_column: 0,
            cell: None,
            value: None,
            in_text: false,
            blanks,
            strings: None,
            inline: String::new(),
        }
    }

    fn row(&mut self, tag: Tag<'_>) {
        let stated = tag.number(b"r").and_then(|row| u32::try_from(row).ok());
        self.row = stated.map_or(self.next_row, |row| row.saturating_sub(1));
        self.next_row = self.row.saturating_add(1);
        self.next_column = 0;
        self.row_is_hidden = is_on(tag.attribute(b"hidden"));
        if self.row_is_hidden {
            self.sheet.hidden_rows.push(self.row);
        }
    }

    fn close_cell(&mut self, value: &str) {
        let Some(cell) = &mut self.cell else { return };
        if cell.kind == b"s" && value.trim().parse().is_ok_and(|id| self.blanks.contains(&id)) {
            cell.is_filled = false;
        }
        let shown = match cell.kind.as_slice() {
            b"s" => self.strings.and_then(|strings| {
                let id: usize = value.trim().parse().ok()?;
                strings.get(id).map(|text| text.to_string())
            }),
            b"str" => self.strings.map(|_| value.to_owned()),
            b"inlineStr" => None,
            b"b" => Some(if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            b"" | b"n" => {
                let general = NumberFormat::default();
                let format = self.formats.get(cell.style).unwrap_or(&general);
                value.trim().parse().ok().map(|number| format.show(number, self.from_1904))
            }
            _ => Some(value.to_owned()),
        };
        if let Some(shown) = shown {
            self.sheet.texts.push((cell.place, shown.into()));
        }
    }

    /// True within a cell that has its text in itself, if all cells are to be read.
    fn reads_inline(&self) -> bool {
        let is_inline = self.cell.as_ref().is_some_and(|cell| cell.kind == b"inlineStr");
        is_inline && self.strings.is_some()
    }

    /// Counts a cell that holds something.
    fn count(&mut self, cell: &OpenCell) {
        let row = usize::from(self.row_is_hidden);
        let column = usize::from(self.sheet.hides_column(cell.place.1));
        self.sheet.filled[row][column] += u64::from(cell.is_filled);
    }

    fn link(&mut self, tag: Tag<'_>) {
        let range = tag.attribute(b"ref").and_then(cell_area);
        let id = tag.relation().map(String::from_utf8_lossy);
        let address = id.and_then(|id| self.links.get(id.as_ref()).cloned());
        if let (Some(area), Some(address)) = (range, address) {
            self.sheet.links.push(((area.rows.0, area.columns.0), address));
        }
    }
}

impl Sink for SheetReader<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"col" if is_on(tag.attribute(b"hidden")) => {
                let bound = |name: &[u8]| {
                    let number = tag.number(name).and_then(|number| u32::try_from(number).ok());
                    number.and_then(|number| number.checked_sub(1))
                };
                if let (Some(first), Some(last)) = (bound(b"min"), bound(b"max")) {
                    self.sheet.hidden_columns.push((first, last));
                }
            }
            b"row" => self.row(tag),
            b"c" => {
                let stated = tag.attribute(b"r").and_then(cell_area);
                let stated = stated.map(|area| (area.rows.0, area.columns.0));
                let place = stated.unwrap_or((self.row, self.next_column));
                self.next_column = place.1.saturating_add(1);
                let kind = tag.attribute(b"t").unwrap_or_default().to_vec();
                let style = tag.number(b"s").and_then(|style| usize::try_from(style).ok());
                let style = style.unwrap_or(0);
                self.cell =
                    (!tag.is_empty).then_some(OpenCell { place, kind, style, is_filled: false });
            }
            b"v" if !tag.is_empty && self.cell.is_some() => self.value = Some(Pieces::default()),
            b"t" if self.reads_inline() && !tag.is_empty => {
                self.in_text = true;
                self.value = Some(Pieces::default());
            }
            b"mergeCell" if self.strings.is_some() => {
                self.sheet.merged.extend(tag.attribute(b"ref").and_then(cell_area));
            }
            // A formula shows a value, even where none is stored.
            b"t" | b"f" if !tag.is_empty => self.in_text = true,
            b"hyperlink" => self.link(tag),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"v" => {
                if let Some(mut value) = self.value.take() {
                    self.close_cell(&value.take());
                }
            }
            b"t" | b"f" => {
                self.in_text = false;
                if name == b"t"
                    && self.reads_inline()
                    && let Some(mut value) = self.value.take()
                {
                    self.inline.push_str(&value.take());
                }
            }
            b"c" => {
                if let Some(cell) = self.cell.take() {
                    self.count(&cell);
                    if !self.inline.is_empty() {
                        let text = std::mem::take(&mut self.inline);
                        self.sheet.texts.push((cell.place, text.into()));
                    }
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if let Some(cell) = self.cell.as_mut().filter(|_| self.in_text || self.value.is_some()) {
            cell.is_filled |= !piece.trim_ascii().is_empty();
        }
        if let Some(value) = &mut self.value {
            value.push(piece);
        }
    }
}

/// The strings that cells share.
#[derive(Default)]
struct SharedStrings {
    list: Vec<Box<str>>,
    open: String,
    text: Option<Pieces>,
    /// Within a reading aid, which is no part of the text.
    in_aid: bool,
}

impl Sink for SharedStrings {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"si" if tag.is_empty => self.list.push("".into()),
            b"rPh" => self.in_aid = !tag.is_empty,
            b"t" if !tag.is_empty && !self.in_aid => self.text = Some(Pieces::default()),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"t" => {
                if let Some(mut text) = self.text.take() {
                    self.open.push_str(&text.take());
                }
            }
            b"rPh" => self.in_aid = false,
            b"si" => self.list.push(std::mem::take(&mut self.open).into()),
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if let Some(text) = &mut self.text {
            text.push(piece);
        }
    }
}

/// Finds the shared strings that are nothing but white space, by their numbers.
#[derive(Default)]
struct BlankStrings {
    blanks: HashSet<u64>,
    /// The number of the next string.
    next: u64,
    is_filled: bool,
}

impl Sink for BlankStrings {
    fn start(&mut self, tag: Tag<'_>) {
        if tag.name == b"si" {
            self.is_filled = false;
            if tag.is_empty {
                self.end(b"si");
            }
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"si" {
            if !self.is_filled {
                self.blanks.insert(self.next);
            }
            self.next += 1;
        }
    }

    fn text(&mut self, piece: &[u8]) {
        self.is_filled |= !piece.trim_ascii().is_empty();
    }
}

fn is_on(value: Option<&[u8]>) -> bool {
    matches!(value, Some(b"1" | b"true"))
}
