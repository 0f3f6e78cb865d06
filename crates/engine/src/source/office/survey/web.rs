//! What a web page or a Markdown file holds: its tags, its text, and the cells of its tables.

use super::costs::PIECE_CHARACTERS;
use super::markup::{Scanner, Sink, Tag, characters};
use super::total::Total;
use crate::limits::{Excess, Limit, Limits};

/// Larger spans count as these: the converter cuts them too.
const COLUMN_SPAN_MAX: u64 = 1_000;
const ROW_SPAN_MAX: u64 = 65_534;
/// Converting a tag takes longer the deeper it is: one below this depth counts as many.
const DEPTH_CHEAP: u64 = 64;
const DEEP_ELEMENTS: u64 = 500;

/// Checks a web page.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check_html(page: &[u8], limits: &Limits) -> Result<(), Excess> {
    let (mut scanner, mut counter) = (Scanner::new(), WebCounter::default());
    scanner.feed(page, &mut counter);
    counter.close_tables();
    limits.check(Limit::TablesNested, counter.tables_nested)?;
    limits.check(Limit::Depth, counter.depth_max)?;
    limits.check(Limit::Attributes, counter.attributes_max)?;
    counter.total.elements = counter.total.elements.saturating_add(scanner.elements);
    counter.total.check(limits)
}

/// Checks a Markdown file, in which tags of HTML may stand too.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check_markdown(text: &[u8], limits: &Limits) -> Result<(), Excess> {
    let mut columns = 0_u64;
    let mut cells = 0_u64;
    let mut marks = 0_u64;
    let mut lines = 0_u64;
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let nested = line.iter().take_while(|byte| matches!(byte, b'>' | b' ')).count() as u64;
        limits.check(Limit::Depth, nested)?;
        marks += 1 + line.iter().filter(|byte| b"*_`[~".contains(byte)).count() as u64;
        let bars = line.iter().filter(|byte| **byte == b'|').count() as u64;
        if line.is_empty() {
            columns = 0;
        } else if bars > 0 && line.iter().all(|byte| b"|-: \t".contains(byte)) {
            let edges = u64::from(line.starts_with(b"|")) + u64::from(line.ends_with(b"|"));
            columns = (bars + 1).saturating_sub(edges);
        }
        cells = cells.saturating_add(columns);
        lines += u64::from(!line.is_empty());
    }
    let pieces = cells.saturating_add(lines).saturating_mul(PIECE_CHARACTERS);
    let characters = pieces.saturating_add(characters(text));
    let total = Total { elements: marks, cells, characters, ..Total::default() };
    total.check(limits)?;
    check_html(text, limits)
}

#[derive(Default)]
struct WebCounter {
    total: Total,
    tables_nested: u64,
    depth: u64,
    depth_max: u64,
    /// Of one tag.
    attributes_max: u64,
    open: Vec<OpenTable>,
    /// Within what is not shown.
    hidden: bool,
}

#[derive(Default)]
struct OpenTable {
    rows: u64,
    /// Columns in which cells start.
    columns: u64,
    /// The column after the last cell of the row.
    used: u64,
    cell: Option<OpenCell>,
    /// Cells over several rows: their row, their rows, and their text over all columns.
    tall: Vec<(u64, u64, u64)>,
}

struct OpenCell {
    columns: u64,
    rows: u64,
    characters: u64,
}

/// Tags that stay open until their end tag.
fn nests(name: &[u8]) -> bool {
    !matches!(
        name,
        b"p" | b"li"
            | b"dt"
            | b"dd"
            | b"tr"
            | b"td"
            | b"th"
            | b"thead"
            | b"tbody"
            | b"tfoot"
            | b"option"
            | b"optgroup"
            | b"colgroup"
            | b"col"
            | b"area"
            | b"base"
            | b"br"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
            | b"rt"
            | b"rp"
            | b"html"
            | b"head"
            | b"body"
    )
}

impl WebCounter {
    fn open_tag(&mut self, tag: Tag<'_>, name: &[u8]) {
        self.attributes_max = self.attributes_max.max(tag.gaps());
        if nests(name) {
            self.depth += 1;
            self.depth_max = self.depth_max.max(self.depth);
        }
        if self.depth > DEPTH_CHEAP {
            self.total.elements = self.total.elements.saturating_add(DEEP_ELEMENTS);
        }
    }

    fn close_cell(&mut self) {
        let Some(table) = self.open.last_mut() else { return };
        let Some(cell) = table.cell.take() else { return };
        table.columns = table.columns.max(table.used + 1);
        table.used = table.used.saturating_add(cell.columns);
        let shown = cell.characters.saturating_mul(cell.columns).saturating_add(PIECE_CHARACTERS);
        if cell.rows > 1 {
            table.tall.push((table.rows, cell.rows, shown));
        }
        self.add_text(shown);
    }

    /// The text of a cell belongs to the cell around its table too.
    fn add_text(&mut self, count: u64) {
        self.total.characters = self.total.characters.saturating_add(count);
        let outer = self.open.len().checked_sub(2).and_then(|outer| self.open.get_mut(outer));
        if let Some(cell) = outer.and_then(|table| table.cell.as_mut()) {
            cell.characters = cell.characters.saturating_add(count);
        }
    }

    fn close_table(&mut self) {
        self.close_cell();
        let Some(table) = self.open.pop() else { return };
        self.total.cells =
            self.total.cells.saturating_add(table.rows.saturating_mul(table.columns));
        for (row, rows, shown) in table.tall {
            let more = rows.min((table.rows + 1).saturating_sub(row)).saturating_sub(1);
            let count = shown.saturating_mul(more);
            self.total.characters = self.total.characters.saturating_add(count);
        }
    }

    fn close_tables(&mut self) {
        while !self.open.is_empty() {
            self.close_table();
        }
    }
}

impl Sink for WebCounter {
    fn start(&mut self, tag: Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        self.open_tag(tag, &name);
        match name.as_slice() {
            b"script" | b"style" => self.hidden = !tag.is_empty,
            b"table" => {
                self.open.push(OpenTable::default());
                self.tables_nested = self.tables_nested.max(self.open.len() as u64);
            }
            b"tr" => {
                self.close_cell();
                if let Some(table) = self.open.last_mut() {
                    table.rows += 1;
                    table.used = 0;
                }
            }
            b"td" | b"th" => {
                self.close_cell();
                let span = |name, most| tag.number(name).unwrap_or(1).clamp(1, most);
                let columns = span(b"colspan", COLUMN_SPAN_MAX);
                let rows = span(b"rowspan", ROW_SPAN_MAX);
                if let Some(table) = self.open.last_mut() {
                    table.cell = Some(OpenCell { columns, rows, characters: 0 });
                }
            }
            b"p" | b"li" | b"dt" | b"dd" | b"div" | b"br" | b"h1" | b"h2" | b"h3" | b"h4"
            | b"h5" | b"h6" => {
                self.total.characters = self.total.characters.saturating_add(PIECE_CHARACTERS);
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        let name = name.to_ascii_lowercase();
        self.depth = self.depth.saturating_sub(u64::from(nests(&name)));
        match name.as_slice() {
            b"script" | b"style" => self.hidden = false,
            b"table" => self.close_table(),
            b"tr" | b"td" | b"th" => self.close_cell(),
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if self.hidden {
            return;
        }
        let count = characters(piece.trim_ascii());
        match self.open.last_mut().and_then(|table| table.cell.as_mut()) {
            Some(cell) => cell.characters = cell.characters.saturating_add(count),
            None => self.total.characters = self.total.characters.saturating_add(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(page: &str) -> (u64, u64) {
        let (mut scanner, mut counter) = (Scanner::new(), WebCounter::default());
        scanner.feed(page.as_bytes(), &mut counter);
        counter.close_tables();
        (counter.total.cells, counter.total.characters)
    }

    #[test]
    fn spans_repeat_text_and_columns_end_where_the_last_cell_starts() {
        let page = "<table><TR><td colspan=100000>abc<tr><td>x<td rowspan=9>yz</table>";
        assert_eq!(counted(page), (4, 3_000 + 1 + 2 + 3 * PIECE_CHARACTERS));
        assert_eq!(counted("<p>abc</p><script>hidden</script>"), (0, 3 + PIECE_CHARACTERS));
    }

    #[test]
    fn rows_of_a_markdown_table_have_all_its_columns() {
        let mut limits = Limits::default();
        let text = format!("|a|b|c|\n|-|-|-|\n{}\n\nafter", "|x|\n".repeat(10));
        limits.table_cells = 33;
        assert!(check_markdown(text.as_bytes(), &limits).is_ok());
        limits.table_cells = 30;
        let excess = check_markdown(text.as_bytes(), &limits).unwrap_err();
        assert_eq!(excess.limit, Limit::TableCells);
    }
}
