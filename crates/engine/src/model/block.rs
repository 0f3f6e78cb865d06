//! Blocks: lines that belong together, in the reading order of their page.

use super::geometry::{Direction, Rect};
use super::line::{Line, dominant};
use super::page::Style;
use super::table::Table;

/// Lines that belong together: a paragraph, a heading, a list item.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub lines: Vec<Line>,
    pub rect: Rect,
    /// Left and right edge of the column it stands in.
    pub column: (f32, f32),
    pub direction: Direction,
    /// Why it is read after the block before it.
    pub follows: Relation,
    /// Its cells, if it is a table; `lines` are then those of all cells.
    pub table: Option<Box<Table>>,
}

/// A page cut into blocks in reading order.
#[derive(Debug, Default)]
pub(crate) struct PageLayout {
    /// Width in points as displayed.
    pub width: f32,
    /// Height in points as displayed.
    pub height: f32,
    pub blocks: Vec<Block>,
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

impl Block {
    pub(crate) fn new(lines: Vec<Line>, column: (f32, f32), direction: Direction) -> Self {
        let rect = lines.iter().fold(Rect::NOTHING, |whole, line| whole.union(&line.rect));
        Self { lines, rect, column, direction, follows: Relation::Column, table: None }
    }

    /// The block of a table.
    pub(crate) fn of_table(table: Box<Table>, column: (f32, f32), direction: Direction) -> Self {
        let lines: Vec<Line> = table.cells.iter().flat_map(|cell| cell.lines.clone()).collect();
        let rect = table.rect;
        Self { rect, table: Some(table), ..Self::new(lines, column, direction) }
    }

    pub(crate) fn characters(&self) -> usize {
        self.lines.iter().map(Line::characters).sum()
    }

    /// The size of most of its characters.
    pub(crate) fn size(&self) -> f32 {
        dominant(self.lines.iter().map(|line| (line.size, line.characters())))
    }

    pub(crate) fn share(&self, holds: impl Fn(&Style) -> bool + Copy) -> f32 {
        let total = self.characters().max(1) as f32;
        self.lines.iter().map(|line| line.share(holds) * line.characters() as f32).sum::<f32>()
            / total
    }
}
