//! A block of a page with the label that analysis gives it.

use crate::analyse::draft::{BlockDraft, DraftContent};
use crate::model::Rect;

/// What a block is, as far as it has been decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Caption,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Listing,
    PageFooter,
    PageHeader,
    Picture,
    Table,
    Text,
    Title,
}

/// A block with its label.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// 1-based.
    pub page: usize,
    /// Size of the page in points.
    pub page_size: (f32, f32),
    pub label: Label,
    /// Of a heading: 1 for a title, from 2 for sections.
    pub level: u8,
    /// Of a list item: how deep it is nested, from 0.
    pub depth: u8,
    /// How sure the label is, 0 to 1.
    pub confidence: f32,
    /// It runs another way than most text of its page.
    pub sideways: bool,
    pub block: BlockDraft,
    /// In points, as displayed.
    pub rect: Rect,
}

impl Part {
    /// Its block, unless that is a picture.
    pub(crate) fn written(&self) -> Option<&BlockDraft> {
        (!matches!(self.block.content, DraftContent::Picture)).then_some(&self.block)
    }
}
