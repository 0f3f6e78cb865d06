//! Makes the parts of a page.

use docket_contract::SegmentType;

use crate::model::{Block, Direction, PageLayout, Part, Rect};

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

    pub(super) fn part(self, kind: SegmentType, block: Block) -> Part {
        let rect = block.direction.back(&block.rect, self.size.0, self.size.1);
        let sideways = block.direction != self.direction;
        Part { sideways, block: Some(block), ..self.empty_part(kind, rect) }
    }

    pub(super) fn empty_part(self, kind: SegmentType, rect: Rect) -> Part {
        Part {
            page: self.page,
            page_size: self.size,
            kind,
            level: 0,
            depth: 0,
            confidence: 0.9,
            sideways: false,
            entry: None,
            block: None,
            rect,
        }
    }
}
