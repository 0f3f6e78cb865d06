//! Blocks with the role that they have in the document.

use docket_contract::SegmentType;

use super::block::Block;
use super::geometry::Rect;

/// The place of a part in the bibliography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryPart {
    /// The `id` of its entry.
    pub id: usize,
    /// The entry starts with it.
    pub first: bool,
}

/// A block with its kind.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// 1-based.
    pub page: usize,
    /// Size of the page in points.
    pub page_size: (f32, f32),
    pub kind: SegmentType,
    /// Of a heading: 1 for a title, from 2 for sections.
    pub level: u8,
    /// Of a list item: how deep it is nested, from 0.
    pub depth: u8,
    /// 0 to 1.
    pub confidence: f32,
    /// It runs another way than most text of its page.
    pub sideways: bool,
    /// Its place in the bibliography, if that was read.
    pub entry: Option<EntryPart>,
    /// `None` for a picture.
    pub block: Option<Block>,
    /// In points, as displayed.
    pub rect: Rect,
}
