//! Makes the parts of a page.

use super::part::{Label, Part};
use super::tolerances;
use crate::analyse::draft::{BlockDraft, PageLayout};
use crate::model::{Direction, Rect};

/// The page that parts stand on.
#[derive(Clone, Copy)]
pub(super) struct PageFrame {
    /// 1-based.
    pub(super) page: usize,
    /// In points, as displayed.
    pub(super) size: (f32, f32),
    /// Which way most of its text runs.
    pub(super) direction: Direction,
}

impl PageFrame {
    pub(super) fn of(page: usize, layout: &PageLayout) -> Self {
        let direction = layout.blocks.first().map_or(Direction::Right, |block| block.direction);
        Self { page, size: (layout.width, layout.height), direction }
    }

    pub(super) fn part(self, label: Label, block: BlockDraft) -> Part {
        Part {
            page: self.page,
            page_size: self.size,
            label,
            level: 0,
            depth: 0,
            confidence: tolerances::PAGE_FRAME,
            sideways: block.direction != self.direction,
            rect: block.direction.back(&block.rect, self.size.0, self.size.1),
            block,
        }
    }

    /// A picture, given as displayed.
    pub(super) fn picture(self, rect: Rect) -> Part {
        Part { sideways: false, ..self.part(Label::Picture, BlockDraft::of_picture(rect)) }
    }
}
