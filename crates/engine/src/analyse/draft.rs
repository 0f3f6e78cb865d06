//! Blocks while analysis works on them: in the frame in which their text is upright, with what only
//! layout and labelling need to know.

use crate::model::{Direction, Line, Rect, Style, dominant};

/// A table with the lines of its cells.
#[derive(Clone, Debug)]
pub(crate) struct TableDraft {
    pub rect: Rect,
    pub rows: usize,
    pub columns: usize,
    /// Row by row, each from left to right.
    pub cells: Vec<CellDraft>,
}

/// A cell, which may span several rows and columns.
#[derive(Clone, Debug)]
pub(crate) struct CellDraft {
    pub row: usize,
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    /// It names what stands below it.
    pub header: bool,
    pub lines: Vec<Line>,
}

impl CellDraft {
    pub(crate) fn characters(&self) -> usize {
        self.lines.iter().map(Line::characters).sum()
    }
}

/// What a block is made of.
#[derive(Clone, Debug)]
pub(crate) enum DraftContent {
    /// Lines that belong together: a paragraph, a heading, a list item.
    Lines(Vec<Line>),
    /// Lines whose ends and indentation mean something.
    Listing(Vec<Line>),
    /// Numbers of lines in the margin.
    LineNumbers(Vec<Line>),
    Table(TableDraft),
    Picture,
}

/// A block with its place in the layout of its page.
#[derive(Clone, Debug)]
pub(crate) struct BlockDraft {
    pub content: DraftContent,
    pub rect: Rect,
    /// Left and right edge of the column it stands in.
    pub column: (f32, f32),
    pub direction: Direction,
    /// Why it is read after the block before it.
    pub follows: Relation,
}

/// A page cut into blocks in reading order.
#[derive(Debug, Default)]
pub(crate) struct PageLayout {
    /// Width in points as displayed.
    pub width: f32,
    /// Height in points as displayed.
    pub height: f32,
    pub blocks: Vec<BlockDraft>,
    pub pictures: Vec<Rect>,
}

/// Why a piece is read after another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// It is the next in its column.
    Column,
    /// It stands below the other, or below the columns that the other ends.
    Below,
    /// It stands in a column beside it, further along the line.
    Beside,
    /// It begins what stands in a box, or what goes on behind it.
    Box,
    /// It runs another way over the page than the text so far.
    Turned,
    /// One of them is the caption of the other.
    Caption,
    /// A picture stays with the text that stands nearest.
    Near,
}

impl BlockDraft {
    /// A block of lines.
    pub(crate) fn new(lines: Vec<Line>, column: (f32, f32), direction: Direction) -> Self {
        let rect = lines.iter().fold(Rect::NOTHING, |whole, line| whole.union(&line.rect));
        let content = DraftContent::Lines(lines);
        Self { content, rect, column, direction, follows: Relation::Column }
    }

    /// The block of a listing.
    pub(crate) fn of_listing(lines: Vec<Line>, column: (f32, f32), direction: Direction) -> Self {
        let rect = lines.iter().fold(Rect::NOTHING, |whole, line| whole.union(&line.rect));
        let content = DraftContent::Listing(lines);
        Self { content, rect, column, direction, follows: Relation::Column }
    }

    /// The block of the numbers of lines.
    pub(crate) fn of_line_numbers(lines: Vec<Line>, direction: Direction) -> Self {
        let rect = lines.iter().fold(Rect::NOTHING, |whole, line| whole.union(&line.rect));
        let content = DraftContent::LineNumbers(lines);
        Self { content, rect, column: (rect.x0, rect.x1), direction, follows: Relation::Column }
    }

    /// The block of a table.
    pub(crate) fn of_table(table: TableDraft, column: (f32, f32), direction: Direction) -> Self {
        let rect = table.rect;
        let content = DraftContent::Table(table);
        Self { content, rect, column, direction, follows: Relation::Column }
    }

    /// The block of a picture, given as displayed.
    pub(crate) fn of_picture(rect: Rect) -> Self {
        let (content, direction) = (DraftContent::Picture, Direction::Right);
        Self { content, rect, column: (rect.x0, rect.x1), direction, follows: Relation::Column }
    }

    /// Its lines; of a table those of all cells.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> + Clone {
        let (lines, cells): (&[Line], &[CellDraft]) = match &self.content {
            DraftContent::Lines(lines)
            | DraftContent::Listing(lines)
            | DraftContent::LineNumbers(lines) => (lines, &[]),
            DraftContent::Table(table) => (&[], &table.cells),
            DraftContent::Picture => (&[], &[]),
        };
        lines.iter().chain(cells.iter().flat_map(|cell| &cell.lines))
    }

    pub(crate) fn table(&self) -> Option<&TableDraft> {
        match &self.content {
            DraftContent::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn characters(&self) -> usize {
        self.lines().map(Line::characters).sum()
    }

    /// The size of most of its characters.
    pub(crate) fn size(&self) -> f32 {
        dominant(self.lines().map(|line| (line.size, line.characters())))
    }

    /// The part of its characters for which the style holds.
    pub(crate) fn share(&self, holds: impl Fn(&Style) -> bool + Copy) -> f32 {
        let total = self.characters().max(1) as f32;
        self.lines().map(|line| line.share(holds) * line.characters() as f32).sum::<f32>() / total
    }
}
