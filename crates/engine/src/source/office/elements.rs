//! Elements of a document: kinds, texts and tables, by page.

use super::format::{OfficeFormat, Requested};
use super::styled::Styled;
use super::{characters::Characters, sheets::Sheets};
use crate::limits::{Excess, Limit, Limits};
use crate::model::{FormField, Role, Table};

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
    pub text: Styled,
}

/// What an element is.
#[derive(Debug)]
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
    /// A table that is ready.
    Ready(Table),
}

/// A cell of a table.
#[derive(Debug)]
pub(super) struct TableCell {
    pub row: usize,
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    /// It names what stands below it.
    pub header: bool,
    pub text: Styled,
}

/// What a file itself says, beside the structure that the library gives.
pub(super) struct Source {
    pub format: OfficeFormat,
    pub characters: Characters,
    pub sheets: Sheets,
    pub hidden_parts: Requested,
    /// The text of a file that is nothing else.
    pub plain: Option<String>,
}

impl Element {
    /// Takes the marks off struck text.
    pub(super) fn forget_struck(&mut self) {
        self.text.forget_struck();
        if let Kind::Table(cells) = &mut self.kind {
            cells.iter_mut().for_each(|cell| cell.text.forget_struck());
        }
    }
}

/// The elements so far, and what they cost.
pub(super) struct Elements<'l> {
    list: Vec<Element>,
    pub page: usize,
    page_size: Option<(f32, f32)>,
    pub pages: usize,
    characters: u64,
    cells: u64,
    limits: &'l Limits,
    /// The first limit that was passed: nothing more is read then.
    excess: Option<Excess>,
}

impl<'l> Elements<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            list: Vec::new(),
            page: 1,
            page_size: None,
            pages: 1,
            characters: 0,
            cells: 0,
            limits,
            excess: None,
        }
    }

    /// All of them, and how many pages there are.
    ///
    /// # Errors
    /// If there is more text or there are more cells than the limits allow.
    pub(super) fn finish(self) -> Result<(Vec<Element>, usize), Excess> {
        match self.excess {
            Some(excess) => Err(excess),
            None => Ok((self.list, self.pages)),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.excess.is_some()
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

    pub(super) fn push(&mut self, kind: Kind, text: Styled) {
        let holds_text = !matches!(kind, Kind::Picture | Kind::Table(_) | Kind::Ready(_));
        if holds_text && text.is_blank() {
            return;
        }
        self.count(text.characters() + PIECE_CHARACTERS, 0);
        let page_size = self.page_size;
        self.list.push(Element { page: self.page, page_size, kind, text });
    }

    pub(super) fn push_field(&mut self, field: FormField) {
        let text = format!("{} {}", field.label, field.value);
        self.push(Kind::Field(field), text.into());
    }

    /// Counts a table: false if it is beyond a limit.
    pub(super) fn has_room_for(&mut self, table: &docling::Table) -> bool {
        let texts = table.rows.iter().flatten();
        let filled = texts.clone().filter(|text| !text.is_empty());
        let characters = filled.map(|text| text.chars().count() + PIECE_CHARACTERS).sum();
        self.count(characters, texts.count());
        !self.is_full()
    }

    /// A table of these cells, if one of them holds something.
    pub(super) fn push_table(&mut self, mut cells: Vec<TableCell>) {
        cells.sort_by_key(|cell| (cell.row, cell.column));
        if cells.iter().any(|cell| !cell.text.is_blank()) {
            self.push(Kind::Table(cells), Styled::default());
        }
    }

    /// The tables of a large sheet, under its name.
    pub(super) fn push_sheet(&mut self, page: usize, name: &str, tables: Vec<Table>) {
        self.page(page, None);
        if !tables.is_empty() {
            self.push(Kind::Heading(2), name.into());
        }
        for table in tables {
            let texts = table.cells.iter().map(|cell| cell.text.content.chars().count());
            self.count(texts.sum(), table.cells.len());
            self.push(Kind::Ready(table), Styled::default());
        }
    }

    /// Puts elements in the order of their pages.
    pub(super) fn sort_by_page(&mut self) {
        self.list.sort_by_key(|element| element.page);
    }

    pub(super) fn page(&mut self, number: usize, size: Option<(f32, f32)>) {
        self.page = number.max(1);
        self.pages = self.pages.max(self.page);
        self.page_size = size;
    }
}

/// A cell of the library, with the text that the file has for it.
pub(super) fn table_cell(cell: &docling_core::TableCell, text: Styled) -> TableCell {
    TableCell {
        row: cell.start_row,
        column: cell.start_col,
        row_span: cell.row_span.max(1),
        column_span: cell.col_span.max(1),
        header: cell.column_header,
        text,
    }
}

/// A size in points, where it is one: sheets state theirs in cells.
pub(super) fn page_size(width: f32, height: f32) -> Option<(f32, f32)> {
    let (width, height) = (width / EMU_PER_POINT, height / EMU_PER_POINT);
    let is_size = width > 72.0 && height > 72.0 && width < 5_000.0 && height < 5_000.0;
    is_size.then_some((width, height))
}

/// The kind that the library's label of a text names.
pub(super) fn labeled(label: &str) -> Kind {
    Kind::Text(match label {
        "footnote" => Role::Footnote,
        "page_header" => Role::PageHeader,
        "page_footer" => Role::PageFooter,
        "caption" => Role::Caption,
        _ => Role::Paragraph,
    })
}
