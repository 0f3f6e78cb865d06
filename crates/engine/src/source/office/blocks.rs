//! Elements of a file to the pages and blocks of a document. They have no coordinates, as these
//! files have none.

use super::elements::{Element, Kind, TableCell};
use super::styled::Styled;
use crate::model::{Block, Cell, Content, Origin, Page, Role, Table, Text};

/// The pages from the first to the last, and the blocks in the order of the elements.
pub(super) fn blocks(elements: Vec<Element>, page_count: usize) -> (Vec<Page>, Vec<Block>) {
    let ranks = Ranks::of(&elements);
    let mut pages: Vec<Page> =
        (1..=page_count).map(|number| Page { number, ..Page::default() }).collect();
    let mut blocks = Vec::with_capacity(elements.len());
    for element in elements {
        if let Some(page) = pages.get_mut(element.page - 1) {
            page.size = page.size.or(element.page_size);
        }
        blocks.push(Block {
            page: element.page,
            rect: None,
            content: content(element.kind, element.text, ranks),
            confidence: 1.0,
            origin: Origin::Element,
            entry: None,
        });
    }
    (pages, blocks)
}

fn content(kind: Kind, text: Styled, ranks: Ranks) -> Content {
    match kind {
        Kind::Text(role) => Content::Text { role, text: text.into_text() },
        Kind::Heading(level) => Content::Text { role: ranks.role(level), text: text.into_text() },
        Kind::Formula => Content::Formula(text.into_text()),
        Kind::Code => Content::Code(Text::plain(text.text)),
        Kind::Field(field) => Content::Field(field),
        Kind::Picture => Content::Picture,
        Kind::Table(cells) => Content::Table(table(cells)),
        Kind::Ready(table) => Content::Table(table),
    }
}

fn table(cells: Vec<TableCell>) -> Table {
    let rows = cells.iter().map(|cell| cell.row + cell.row_span).max().unwrap_or(0);
    let columns = cells.iter().map(|cell| cell.column + cell.column_span).max().unwrap_or(0);
    let cell = |cell: TableCell| {
        let TableCell { row, column, row_span, column_span, header, text } = cell;
        Cell { row, column, row_span, column_span, header, text: text.into_text() }
    };
    Table { rows, columns, cells: cells.into_iter().map(cell).collect() }
}

/// Which headings are the title, and how far the levels of the others are from where they start.
#[derive(Clone, Copy)]
struct Ranks {
    highest: u8,
    one_title: bool,
}

impl Ranks {
    /// Word's first level of headings comes as the second. The highest level is the title's if one
    /// heading alone has it, before all others.
    fn of(elements: &[Element]) -> Self {
        let levels = elements.iter().filter_map(|element| match element.kind {
            Kind::Heading(level) => Some(level.max(1)),
            _ => None,
        });
        let levels: Vec<u8> = levels.collect();
        let highest = levels.iter().copied().min().unwrap_or(1);
        let alone = levels.iter().filter(|level| **level == highest).count() == 1;
        Self { highest, one_title: alone && levels.first() == Some(&highest) }
    }

    fn role(self, level: u8) -> Role {
        let level = level.max(1);
        if self.one_title && level == self.highest {
            return Role::Title;
        }
        let start = if self.one_title { self.highest - 1 } else { 0 };
        Role::Heading((level - start).clamp(1, 6))
    }
}
