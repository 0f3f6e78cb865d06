//! The library's nodes to elements: kinds, plain texts and tables, by page.

use docling::{ContentLayer, Node};

use super::format::OfficeFormat;
use super::inline::{closed_up, plain};
use crate::limits::{Excess, Limit, Limits};
use crate::model::{FormField, Role};

/// English Metric Units per point: slides state their size in them.
const EMU_PER_POINT: f32 = 12_700.0;

/// What a paragraph or a cell costs beside its text, in characters.
const PIECE_CHARACTERS: usize = 25;

/// A paragraph, heading, list item, table or picture.
#[derive(Debug)]
pub(super) struct Element {
    /// 1-based.
    pub page: usize,
    /// Width and height of its page in points, where the file tells.
    pub page_size: Option<(f32, f32)>,
    pub kind: Kind,
    pub text: String,
}

/// What an element is.
#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    /// Running text, headings apart.
    Text(Role),
    /// A heading of this level of the file.
    Heading(u8),
    Formula,
    Code,
    Field(FormField),
    Picture,
    Table(Vec<TableCell>),
}

/// A cell of a table.
#[derive(Debug, PartialEq)]
pub(super) struct TableCell {
    pub row: usize,
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    /// It names what stands below it.
    pub header: bool,
    pub text: String,
}

/// All elements in reading order, and how many pages there are.
///
/// # Errors
/// If there is more text or there are more cells than the limits allow.
pub(super) fn elements(
    nodes: &[Node],
    format: OfficeFormat,
    limits: &Limits,
) -> Result<(Vec<Element>, usize), Excess> {
    let mut reading = Reading {
        elements: Vec::new(),
        page: 1,
        page_size: None,
        pages: 1,
        breaks_pages: format == OfficeFormat::Ppt || format == OfficeFormat::Xls,
        pages_announced: false,
        characters: 0,
        cells: 0,
        limits,
        excess: None,
    };
    reading.nodes(nodes);
    match reading.excess {
        Some(excess) => Err(excess),
        None => Ok((reading.elements, reading.pages)),
    }
}

struct Reading<'l> {
    elements: Vec<Element>,
    page: usize,
    page_size: Option<(f32, f32)>,
    pages: usize,
    /// Pages are told by the breaks between them, unless each is announced.
    breaks_pages: bool,
    pages_announced: bool,
    characters: u64,
    cells: u64,
    limits: &'l Limits,
    /// The first limit that was passed: nothing more is read then.
    excess: Option<Excess>,
}

impl Reading<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            if self.excess.is_none() {
                self.node(node);
            }
        }
    }

    /// Counts what is about to be read.
    fn count(&mut self, characters: usize, cells: usize) {
        self.characters += characters as u64;
        self.cells += cells as u64;
        let counted = [(Limit::TextCharacters, self.characters), (Limit::TableCells, self.cells)];
        let checked =
            counted.iter().try_for_each(|(limit, amount)| self.limits.check(*limit, *amount));
        self.excess = self.excess.or(checked.err());
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Heading { level, text } => self.push(Kind::Heading(*level), text),
            Node::Paragraph { text } => {
                self.push_plain(Kind::Text(Role::Paragraph), closed_up(&plain(text)));
            }
            Node::InlineGroup { md_text, .. } => {
                self.push_plain(Kind::Text(Role::Paragraph), closed_up(&plain(md_text)));
            }
            Node::LabeledText { label, text, .. } => self.push(labeled(label), text),
            Node::Caption { text, .. } => self.push(Kind::Text(Role::Caption), text),
            Node::FurnitureText { label, text } => self.push(labeled(label), text),
            Node::PageFurniture { footer, text, .. } => {
                let role = if *footer { Role::PageFooter } else { Role::PageHeader };
                self.push(Kind::Text(role), text);
            }
            Node::Formula { latex, .. } => {
                self.push_plain(Kind::Formula, latex.clone());
            }
            Node::Code { text, .. } => self.push_plain(Kind::Code, text.clone()),
            Node::TextDump(text) => {
                self.push_plain(Kind::Text(Role::Paragraph), text.clone());
            }
            Node::CheckboxItem { checked, text } => {
                let mark = if *checked { "\u{2611}" } else { "\u{2610}" };
                self.push_plain(Kind::Text(Role::ListItem(0)), format!("{mark} {}", plain(text)));
            }
            Node::ListItem { .. } | Node::ListText { .. } => self.list_item(node),
            Node::Table(table) => self.table(table),
            Node::Chart { table, caption, .. } => {
                self.caption(caption.as_deref());
                self.table(table);
            }
            Node::Picture { caption, .. } => {
                self.push_plain(Kind::Picture, String::new());
                self.caption(caption.as_deref());
            }
            Node::PageInfo { page_no, width, height } => self.page(*page_no, *width, *height),
            Node::PageBreak => self.page_break(),
            other => self.inner(other),
        }
    }

    /// What only wraps or gathers other nodes. Notes of reviewers and what is hidden stay out.
    fn inner(&mut self, node: &Node) {
        match node {
            Node::Group { label, name, layer, children }
                if *layer != Some(ContentLayer::Invisible) =>
            {
                // A sheet's name is what its reader sees first.
                let sheet = name.as_deref().filter(|_| label == "sheet" && !children.is_empty());
                if let Some(name) = sheet {
                    self.push_plain(Kind::Heading(2), name.to_owned());
                }
                self.nodes(children);
            }
            // The name in a browser's title bar, which no page shows.
            Node::Furniture { inner, .. } if matches!(**inner, Node::Heading { .. }) => {}
            Node::Furniture { layer: ContentLayer::Furniture, inner }
            | Node::Commented { inner, .. }
            | Node::Track { inner, .. }
            | Node::Located { inner, .. }
            | Node::Prov { inner, .. } => self.node(inner),
            Node::FieldRegion { items } => {
                for item in items {
                    let label = [&item.marker, &item.key].into_iter().flatten();
                    let label: Vec<&str> = label.map(String::as_str).collect();
                    let value = item.value.as_deref().unwrap_or_default();
                    let field = FormField { label: plain(&label.join(" ")), value: plain(value) };
                    self.push_field(field);
                }
            }
            _ => {}
        }
    }

    fn push_field(&mut self, field: FormField) {
        let text = format!("{} {}", field.label, field.value);
        self.push_plain(Kind::Field(field), text);
    }

    fn push(&mut self, kind: Kind, markdown: &str) {
        self.push_plain(kind, plain(markdown));
    }

    fn push_plain(&mut self, kind: Kind, text: String) {
        let holds_text = !matches!(kind, Kind::Picture | Kind::Table(_));
        if holds_text && text.trim().is_empty() {
            return;
        }
        self.count(text.chars().count() + PIECE_CHARACTERS, 0);
        let page_size = self.page_size;
        self.elements.push(Element { page: self.page, page_size, kind, text });
    }

    fn list_item(&mut self, node: &Node) {
        match node {
            Node::ListItem { ordered, number, text, level, .. } => {
                let text = plain(text);
                let marked =
                    if *ordered { format!("{number}. {text}") } else { format!("\u{2022} {text}") };
                if !text.is_empty() {
                    self.push_plain(Kind::Text(Role::ListItem(*level)), marked);
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
        let texts = table.rows.iter().flatten();
        let filled = texts.clone().filter(|text| !text.is_empty());
        let characters = filled.map(|text| text.chars().count() + PIECE_CHARACTERS).sum();
        self.count(characters, texts.count());
        if self.excess.is_some() {
            return;
        }
        let cells = table.derive_cells().into_iter().map(|cell| TableCell {
            row: cell.start_row,
            column: cell.start_col,
            row_span: cell.row_span.max(1),
            column_span: cell.col_span.max(1),
            header: cell.column_header,
            text: plain(&cell.text),
        });
        let mut cells: Vec<TableCell> = cells.collect();
        cells.sort_by_key(|cell| (cell.row, cell.column));
        if cells.iter().any(|cell| !cell.text.is_empty()) {
            self.push_plain(Kind::Table(cells), String::new());
        }
    }

    fn page(&mut self, number: usize, width: f32, height: f32) {
        self.pages_announced = true;
        self.page = number.max(1);
        self.pages = self.pages.max(self.page);
        let (width, height) = (width / EMU_PER_POINT, height / EMU_PER_POINT);
        // Sheets state their size in cells, which is none.
        let is_size = width > 72.0 && height > 72.0 && width < 5_000.0 && height < 5_000.0;
        self.page_size = is_size.then_some((width, height));
    }

    fn page_break(&mut self) {
        if self.breaks_pages && !self.pages_announced {
            self.page += 1;
            self.pages = self.page;
        }
    }
}

fn labeled(label: &str) -> Kind {
    Kind::Text(match label {
        "footnote" => Role::Footnote,
        "page_header" => Role::PageHeader,
        "page_footer" => Role::PageFooter,
        "caption" => Role::Caption,
        _ => Role::Paragraph,
    })
}
