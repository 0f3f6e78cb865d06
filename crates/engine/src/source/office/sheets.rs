//! What Excel shows of a workbook, beside the structure that the library gives: numbers by their
//! formats, links, and what is hidden.

mod dates;
mod number;

use std::collections::HashMap;

use super::characters::{Pieces, part_links};
use super::survey::{ListCounter, Package, Sink, Tag, cell_area};
use crate::error::Error;
use crate::limits::Limits;
use number::NumberFormat;

/// A workbook by its sheets.
#[derive(Debug, Default)]
pub(super) struct Sheets(Vec<Sheet>);

/// What a sheet shows. Rows and columns count from 0.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Cells whose text is not that of a string, by row and column.
    texts: Vec<((u32, u32), Box<str>)>,
    links: Vec<((u32, u32), String)>,
    hidden_rows: Vec<u32>,
    /// First and last.
    hidden_columns: Vec<(u32, u32)>,
}

impl Sheets {
    /// Reads a workbook.
    ///
    /// # Errors
    /// If it is beyond a limit.
    pub(super) fn of(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let Some(mut package) = Package::open(bytes, limits)? else { return Ok(Self::default()) };
        let mut list = ListCounter::default();
        package.scan("xl/workbook.xml", &mut list)?;
        let mut workbook = WorkbookReader::default();
        package.scan("xl/workbook.xml", &mut workbook)?;
        let mut styles = StyleReader::default();
        package.scan("xl/styles.xml", &mut styles)?;
        let formats = styles.formats();
        let targets = package.targets_of("xl/workbook.xml")?;
        let mut sheets = Vec::new();
        for relation in &list.pages {
            let Some(target) = targets.get(relation) else {
                sheets.push(Sheet::default());
                continue;
            };
            let links = part_links(&mut package, &target.target)?;
            let mut reader = SheetReader::new(&formats, workbook.from_1904, links);
            package.scan(&target.target, &mut reader)?;
            let mut sheet = reader.sheet;
            sheet.texts.sort_unstable_by_key(|(place, _)| *place);
            sheet.links.sort_by_key(|(place, _)| *place);
            sheet.hidden_rows.sort_unstable();
            sheets.push(sheet);
        }
        Ok(Self(sheets))
    }

    /// The sheet with this number, from 1.
    pub(super) fn get(&self, page: usize) -> Option<&Sheet> {
        self.0.get(page.checked_sub(1)?)
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

    pub(super) fn hides_row(&self, row: u32) -> bool {
        self.hidden_rows.binary_search(&row).is_ok()
    }

    pub(super) fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }
}

/// Whether dates count from 1904.
#[derive(Default)]
struct WorkbookReader {
    from_1904: bool,
}

impl Sink for WorkbookReader {
    fn start(&mut self, tag: Tag<'_>) {
        if tag.name == b"workbookPr" {
            self.from_1904 = matches!(tag.attribute(b"date1904"), Some(b"1" | b"true"));
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
}

struct SheetReader<'f> {
    formats: &'f [NumberFormat],
    from_1904: bool,
    links: HashMap<String, String>,
    sheet: Sheet,
    row: u32,
    next_row: u32,
    next_column: u32,
    cell: Option<OpenCell>,
    value: Option<Pieces>,
}

impl<'f> SheetReader<'f> {
    fn new(formats: &'f [NumberFormat], from_1904: bool, links: HashMap<String, String>) -> Self {
        Self {
            formats,
            from_1904,
            links,
            sheet: Sheet::default(),
            row: 0,
            next_row: 0,
            next_column: 0,
            cell: None,
            value: None,
        }
    }

    fn row(&mut self, tag: Tag<'_>) {
        let stated = tag.number(b"r").and_then(|row| u32::try_from(row).ok());
        self.row = stated.map_or(self.next_row, |row| row.saturating_sub(1));
        self.next_row = self.row.saturating_add(1);
        self.next_column = 0;
        if is_on(tag.attribute(b"hidden")) {
            self.sheet.hidden_rows.push(self.row);
        }
    }

    fn close_cell(&mut self, value: &str) {
        let Some(cell) = &self.cell else { return };
        let shown = match cell.kind.as_slice() {
            b"s" | b"str" | b"inlineStr" => None,
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
                self.cell = (!tag.is_empty).then_some(OpenCell { place, kind, style });
            }
            b"v" if !tag.is_empty && self.cell.is_some() => self.value = Some(Pieces::default()),
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
            b"c" => self.cell = None,
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if let Some(value) = &mut self.value {
            value.push(piece);
        }
    }
}

fn is_on(value: Option<&[u8]>) -> bool {
    matches!(value, Some(b"1" | b"true"))
}
