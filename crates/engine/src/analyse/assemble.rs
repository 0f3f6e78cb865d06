//! Labelled parts to the blocks of a document: text without hyphens at line ends, and coordinates as
//! the page is displayed.

use super::draft::{CellDraft, DraftContent, TableDraft};
use super::label::{ContinuedDraft, Label, Part};
use super::layout::listing_text;
use crate::model::{
    Block, Cell, Content, ContinuedTable, Direction, Line, Origin, Role, Table, Text, Vocabulary,
};

/// The blocks that parts make, in their order.
pub(crate) fn blocks(parts: Vec<Part>, vocabulary: &Vocabulary) -> Vec<Block> {
    parts.into_iter().map(|part| block(part, vocabulary)).collect()
}

/// Tables that continue over the end of a page. Coordinates of their cells are those of the pages
/// on which the cells stand.
pub(crate) fn continued(
    tables: Vec<ContinuedDraft>,
    parts: &[Part],
    vocabulary: &Vocabulary,
) -> Vec<ContinuedTable> {
    let whole = |table: ContinuedDraft| {
        let first = &parts[table.parts[0]];
        let frame = Frame { direction: first.block.direction, page: first.page_size };
        let whole = frame.table(table.whole, vocabulary);
        ContinuedTable { parts: table.parts, whole }
    };
    tables.into_iter().map(whole).collect()
}

/// The words of a document.
pub(crate) fn vocabulary(parts: &[Part]) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for line in parts.iter().flat_map(|part| part.block.lines()) {
        vocabulary.learn(line.words.iter().map(|word| word.text.as_str()));
    }
    vocabulary
}

fn block(part: Part, vocabulary: &Vocabulary) -> Block {
    let origin = origin(&part);
    let Part { page, page_size, label, level, depth, confidence, block, rect, .. } = part;
    let frame = Frame { direction: block.direction, page: page_size };
    let content = match block.content {
        DraftContent::Table(table) => Content::Table(frame.table(table, vocabulary)),
        DraftContent::Picture => Content::Picture,
        DraftContent::Listing(lines) => Content::Code(frame.listing(lines)),
        DraftContent::Lines(lines) | DraftContent::LineNumbers(lines) => {
            let text = frame.text(lines, vocabulary);
            match role(label, level, depth) {
                Some(role) => Content::Text { role, text },
                None => Content::Formula(text),
            }
        }
    };
    Block { page, rect: Some(rect), content, confidence, origin, entry: None }
}

/// The role of text; `None` for a formula.
fn role(label: Label, level: u8, depth: u8) -> Option<Role> {
    Some(match label {
        Label::Formula => return None,
        Label::Title => Role::Title,
        Label::Heading => Role::Heading(level),
        Label::ListItem => Role::ListItem(depth),
        Label::Caption => Role::Caption,
        Label::Footnote => Role::Footnote,
        Label::PageHeader => Role::PageHeader,
        Label::PageFooter => Role::PageFooter,
        Label::Text | Label::Listing | Label::Table | Label::Picture => Role::Paragraph,
    })
}

/// Characters of a text layer are certain; a recogniser never says so of all of its words.
fn origin(part: &Part) -> Origin {
    if matches!(part.block.content, DraftContent::Picture) {
        return Origin::Drawing;
    }
    let words = || part.block.lines().flat_map(|line| &line.words);
    let (count, sum) =
        words().fold((0_usize, 0.0), |(count, sum), word| (count + 1, sum + word.confidence));
    let confidence = sum / count.max(1) as f32;
    if count == 0 || words().all(|word| word.confidence >= 1.0) {
        Origin::TextLayer
    } else {
        Origin::Recogniser { confidence }
    }
}

/// The frame in which a block is upright, on a page of this size.
#[derive(Clone, Copy)]
struct Frame {
    direction: Direction,
    page: (f32, f32),
}

impl Frame {
    fn text(self, lines: Vec<Line>, vocabulary: &Vocabulary) -> Text {
        let mut text = vocabulary.text(lines);
        for line in &mut text.lines {
            line.rect = self.direction.back(&line.rect, self.page.0, self.page.1);
            for word in &mut line.words {
                word.rect = self.direction.back(&word.rect, self.page.0, self.page.1);
            }
        }
        text
    }

    fn listing(self, lines: Vec<Line>) -> Text {
        let content = listing_text(&lines);
        let Text { lines, .. } = self.text(lines, &Vocabulary::default());
        Text { lines, ..Text::plain(content) }
    }

    fn table(self, table: TableDraft, vocabulary: &Vocabulary) -> Table {
        let TableDraft { rows, columns, cells, .. } = table;
        let cell = |cell: CellDraft| {
            let CellDraft { row, column, row_span, column_span, header, lines } = cell;
            let text = self.text(lines, vocabulary);
            Cell { row, column, row_span, column_span, header, text }
        };
        Table { rows, columns, cells: cells.into_iter().map(cell).collect() }
    }
}
