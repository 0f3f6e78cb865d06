//! The library's nodes to elements, for formats of which it gives no tree of items.

use docling::{ContentLayer, Node};
use docling_core::{InlineRun, Script as LibraryScript};

use super::elements::{Elements, Kind, Source, TableCell, labeled, page_size, table_cell};
use super::format::OfficeFormat;
use super::runs::{joined, unmarked};
use super::sheets::Sheet;
use super::styled::{Look, Styled};
use crate::model::{FormField, Mark, Role, Script};

/// Reads all nodes.
pub(super) fn read(nodes: &[Node], source: &Source, to: &mut Elements<'_>) {
    let format = source.format;
    let breaks_pages = format == OfficeFormat::Ppt || format == OfficeFormat::Xls;
    let mut reading = Reading {
        format,
        source,
        breaks_pages,
        pages_announced: false,
        corner: (0, 0),
        sheets: Vec::new(),
        to,
    };
    reading.nodes(nodes);
}

struct Reading<'e, 'l> {
    format: OfficeFormat,
    source: &'e Source,
    /// Row and column of the sheet at which the next table begins.
    corner: (u32, u32),
    /// Sheets by name, with their pages and whether they are read.
    sheets: Vec<(String, usize, bool)>,
    /// Pages show by the breaks between them, unless each is announced.
    breaks_pages: bool,
    pages_announced: bool,
    to: &'e mut Elements<'l>,
}

impl Reading<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            if !self.to.is_full() {
                self.node(node);
            }
        }
    }

    /// A text as the file has it: the library escapes it, and writes looks as marks in some formats.
    fn text(&self, text: &str) -> Styled {
        match self.format {
            OfficeFormat::Xlsx | OfficeFormat::Xls => text.into(),
            OfficeFormat::Doc | OfficeFormat::Rtf => unmarked(&unescaped(text)),
            _ => unescaped(text).into(),
        }
    }

    fn push(&mut self, kind: Kind, text: &str) {
        let text = self.text(text);
        self.to.push(kind, text);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Heading { level, text } => self.push(Kind::Heading(*level), text),
            Node::Paragraph { text } => self.push(Kind::Text(Role::Paragraph), text),
            Node::InlineGroup { runs, .. } => {
                self.to.push(Kind::Text(Role::Paragraph), joined(runs.iter().map(styled_run)));
            }
            Node::LabeledText { label, text, .. } => self.push(labeled(label), text),
            Node::Caption { text, .. } => self.push(Kind::Text(Role::Caption), text),
            Node::FurnitureText { label, text } => self.push(labeled(label), text),
            Node::PageFurniture { footer, text, .. } => {
                let role = if *footer { Role::PageFooter } else { Role::PageHeader };
                self.push(Kind::Text(role), text);
            }
            Node::CommentSection { name, text, .. } => self.comment(name, text),
            Node::Formula { latex, .. } => self.to.push(Kind::Formula, latex.as_str().into()),
            Node::Code { text, .. } => self.to.push(Kind::Code, text.as_str().into()),
            Node::TextDump(text) => {
                self.to.push(Kind::Text(Role::Paragraph), text.as_str().into());
            }
            Node::CheckboxItem { checked, text } => {
                let mark = if *checked { "\u{2611} " } else { "\u{2610} " };
                let text = self.text(text).after(mark);
                self.to.push(Kind::Text(Role::ListItem(0)), text);
            }
            Node::ListItem { .. } | Node::ListText { .. } => self.list_item(node),
            Node::Table(table) => self.table(table),
            Node::Chart { table, caption, .. } => {
                self.caption(caption.as_deref());
                self.table(table);
            }
            Node::Picture { caption, .. } => {
                self.to.push(Kind::Picture, Styled::default());
                self.caption(caption.as_deref());
            }
            Node::PageInfo { page_no, width, height } => {
                self.pages_announced = true;
                self.to.page(*page_no, page_size(*width, *height));
            }
            Node::PageBreak if self.breaks_pages && !self.pages_announced => {
                let next = self.to.page + 1;
                self.to.page(next, None);
            }
            other => self.inner(other),
        }
    }

    /// What only wraps or gathers other nodes. What is hidden stays out.
    fn inner(&mut self, node: &Node) {
        match node {
            Node::Group { label, name, layer, children }
                if *layer != Some(ContentLayer::Invisible)
                    || label == "sheet" && self.source.hidden_parts.sheets =>
            {
                if let Some(name) = name.as_ref().filter(|_| label == "sheet") {
                    self.sheets.push((name.clone(), self.to.page, true));
                }
                // A sheet's name is what its reader sees first.
                let sheet = name.as_deref().filter(|_| label == "sheet" && !children.is_empty());
                if let Some(name) = sheet {
                    self.to.push(Kind::Heading(2), name.into());
                }
                self.nodes(children);
            }
            Node::Group { label, name: Some(name), .. } if label == "sheet" => {
                self.sheets.push((name.clone(), self.to.page, false));
            }
            // The name in a browser's title bar, which no page shows.
            Node::Furniture { inner, .. } if matches!(**inner, Node::Heading { .. }) => {}
            Node::Furniture { layer: ContentLayer::Furniture | ContentLayer::Notes, inner }
            | Node::Commented { inner, .. }
            | Node::Track { inner, .. }
            | Node::Located { inner, .. } => self.node(inner),
            Node::Prov { inner, bbox, .. } => {
                // A sheet's boxes count cells.
                self.corner = (bbox[1] as u32, bbox[0] as u32);
                self.node(inner);
            }
            Node::FieldRegion { items } => {
                for item in items {
                    let label = [&item.marker, &item.key].into_iter().flatten();
                    let label: Vec<&str> = label.map(String::as_str).collect();
                    let value = item.value.clone().unwrap_or_default();
                    self.to.push_field(FormField { label: label.join(" "), value });
                }
            }
            _ => {}
        }
    }

    fn list_item(&mut self, node: &Node) {
        match node {
            Node::ListItem { ordered, number, text, level, .. } => {
                let marker = if *ordered { format!("{number}. ") } else { "\u{2022} ".to_owned() };
                let text = self.text(text);
                if !text.is_blank() {
                    self.to.push(Kind::Text(Role::ListItem(*level)), text.after(&marker));
                }
            }
            Node::ListText { text, .. } => self.push(Kind::Text(Role::Paragraph), text),
            _ => {}
        }
    }

    fn caption(&mut self, caption: Option<&str>) {
        if let Some(caption) = caption {
            self.push(Kind::Text(Role::Caption), caption);
        }
    }

    fn table(&mut self, table: &docling::Table) {
        self.caption(table.caption.as_deref());
        if !self.to.has_room_for(table) {
            return;
        }
        let derived = table.cells.clone().unwrap_or_else(|| table.derive_cells());
        let cells: Vec<TableCell> = match self.source.sheets.get(self.to.page) {
            Some(sheet) => self.sheet_cells(sheet, &derived),
            None => {
                let marked = matches!(self.format, OfficeFormat::Doc | OfficeFormat::Rtf);
                let text = |text: &str| if marked { unmarked(text) } else { text.into() };
                derived.iter().map(|cell| table_cell(cell, text(&cell.text))).collect()
            }
        };
        self.to.push_table(cells);
    }

    /// The cells of a sheet as they are shown, without what is hidden.
    fn sheet_cells(&self, sheet: &Sheet, cells: &[docling_core::TableCell]) -> Vec<TableCell> {
        let hidden = self.source.hidden_parts;
        let (top, left) = self.corner;
        let at = |start: u32, index: usize| start.saturating_add(u32::try_from(index).unwrap_or(0));
        let rows = cells.iter().map(|cell| cell.start_row + cell.row_span.max(1)).max();
        let columns = cells.iter().map(|cell| cell.start_col + cell.col_span.max(1)).max();
        // How many rows and columns are shown before each.
        let before = |count: Option<usize>, shows: &dyn Fn(usize) -> bool| {
            let mut shown = vec![0];
            for index in 0..count.unwrap_or(0) {
                shown.push(shown[index] + usize::from(shows(index)));
            }
            shown
        };
        let rows = before(rows, &|row| hidden.rows || !sheet.hides_row(at(top, row)));
        let columns =
            before(columns, &|column| hidden.columns || !sheet.hides_column(at(left, column)));
        let shown = cells.iter().filter_map(|cell| {
            let (row, column) = (rows[cell.start_row], columns[cell.start_col]);
            let row_span = rows[cell.start_row + cell.row_span.max(1)] - row;
            let column_span = columns[cell.start_col + cell.col_span.max(1)] - column;
            if row_span == 0 || column_span == 0 {
                return None;
            }
            let place = (at(top, cell.start_row), at(left, cell.start_col));
            let mut text = Styled::default();
            let link = sheet.link(place).map(|address| Look::Mark(Mark::Link(address.to_owned())));
            text.push(sheet.text(place).unwrap_or(&cell.text), link);
            Some(TableCell { row, column, row_span, column_span, ..table_cell(cell, text) })
        });
        shown.collect()
    }

    /// A comment, on the page of its sheet if its name says which.
    fn comment(&mut self, name: &str, text: &str) {
        let page = self.to.page;
        let sheet = name.strip_prefix("comment-").and_then(|name| {
            let (sheet, cell) = name.rsplit_once('-')?;
            Some((self.sheets.iter().find(|(known, ..)| known == sheet)?, cell))
        });
        if let Some(((_, page, is_shown), cell)) = sheet {
            if !is_shown {
                return;
            }
            self.to.page(*page, None);
            let text = text.strip_prefix("[author: ]: ").unwrap_or(text);
            self.to.push(Kind::Text(Role::Footnote), format!("{cell}: {text}").into());
        } else {
            self.push(Kind::Text(Role::Footnote), text);
        }
        self.to.page(page, None);
    }
}

fn styled_run(run: &InlineRun) -> Styled {
    let marks = [
        run.bold.then_some(Mark::Bold),
        run.italic.then_some(Mark::Italic),
        run.strike.then_some(Mark::Struck),
    ];
    let script = match run.script {
        LibraryScript::Baseline => None,
        LibraryScript::Super => Some(Script::Raised),
        LibraryScript::Sub => Some(Script::Lowered),
    };
    let mut styled = Styled::default();
    let marks = marks.into_iter().flatten().map(Look::Mark);
    styled.push(&run.text, marks.chain(script.map(Look::Script)));
    styled
}

/// Takes back what the library escapes for Markdown.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\\_", "_")
}
