//! Labelled parts to the blocks of a document: text without hyphens at line ends, and coordinates as
//! the page is displayed.

use std::collections::HashMap;

use super::draft::{CellDraft, DraftContent, TableDraft};
use super::label::{ContinuedDraft, Label, Part};
use super::layout::listing_text;
use super::marks::add_marks;
use crate::model::{
    Block, Cell, Content, ContinuedTable, Direction, Line, Link, Origin, Page, Role, Table, Text,
    Vocabulary,
};

/// What blocks are made with.
#[derive(Clone, Copy)]
pub(super) struct Assembly<'d> {
    pub vocabulary: &'d Vocabulary,
    /// What pages have beside their text.
    pub details: &'d HashMap<usize, Page>,
}

impl<'d> Assembly<'d> {
    /// The blocks that parts make, in their order.
    pub(super) fn blocks(self, parts: Vec<Part>) -> Vec<Block> {
        parts.into_iter().map(|part| self.block(part)).collect()
    }

    /// Tables that continue over the end of a page. Coordinates of their cells are those of the
    /// pages on which the cells stand.
    pub(super) fn continued(
        self,
        tables: Vec<ContinuedDraft>,
        parts: &[Part],
    ) -> Vec<ContinuedTable> {
        let whole = |table: ContinuedDraft| {
            let whole = self.frame(&parts[table.parts[0]]).table(table.whole);
            ContinuedTable { parts: table.parts, whole }
        };
        tables.into_iter().map(whole).collect()
    }

    fn frame(self, part: &Part) -> Frame<'d> {
        let links = self.details.get(&part.page).map_or(&[][..], |page| &page.links);
        let direction = part.block.direction;
        Frame { direction, page: part.page_size, vocabulary: self.vocabulary, links }
    }

    fn block(self, part: Part) -> Block {
        let origin = origin(&part);
        let frame = self.frame(&part);
        let Part { page, label, level, depth, confidence, block, rect, .. } = part;
        let content = match block.content {
            DraftContent::Table(table) => Content::Table(frame.table(table)),
            DraftContent::Picture => Content::Picture,
            DraftContent::Listing(lines) => Content::Code(frame.listing(lines)),
            DraftContent::Lines(lines) | DraftContent::LineNumbers(lines) => {
                let role = role(label, level, depth);
                let text = frame.text(lines, role.is_some_and(has_marked_looks));
                match role {
                    Some(role) => Content::Text { role, text },
                    None => Content::Formula(text),
                }
            }
        };
        Block { page, rect: Some(rect), content, confidence, origin, entry: None }
    }
}

/// Bold and italic words stand out in such text.
fn has_marked_looks(role: Role) -> bool {
    matches!(role, Role::Paragraph | Role::ListItem(_) | Role::Caption | Role::Footnote)
}

/// The words of a document.
pub(crate) fn vocabulary(parts: &[Part]) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for line in parts.iter().flat_map(|part| part.block.lines()) {
        vocabulary.learn(line.words.iter().map(|word| word.text.as_str()));
    }
    vocabulary
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

/// The frame in which a block is upright, on a page of this size with these links.
#[derive(Clone, Copy)]
struct Frame<'d> {
    direction: Direction,
    page: (f32, f32),
    vocabulary: &'d Vocabulary,
    links: &'d [Link],
}

impl Frame<'_> {
    /// `looks`: bold and italic words are marked.
    fn text(self, lines: Vec<Line>, looks: bool) -> Text {
        let (mut text, words) = self.vocabulary.text(lines);
        for line in &mut text.lines {
            line.rect = self.direction.back(&line.rect, self.page.0, self.page.1);
            for word in &mut line.words {
                word.rect = self.direction.back(&word.rect, self.page.0, self.page.1);
            }
        }
        add_marks(&mut text, &words, self.links, looks);
        text
    }

    fn listing(self, lines: Vec<Line>) -> Text {
        let content = listing_text(&lines);
        let Text { lines, .. } = self.text(lines, false);
        Text { lines, ..Text::plain(content) }
    }

    fn table(self, table: TableDraft) -> Table {
        let TableDraft { rows, columns, cells, .. } = table;
        let cell = |cell: CellDraft| {
            let CellDraft { row, column, row_span, column_span, header, lines } = cell;
            let text = self.text(lines, false);
            Cell { row, column, row_span, column_span, header, text }
        };
        Table { rows, columns, cells: cells.into_iter().map(cell).collect() }
    }
}
