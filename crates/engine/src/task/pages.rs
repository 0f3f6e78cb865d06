//! A document page by page, with the text of its blocks.

use std::borrow::Cow;

use crate::model::{Block, Document};

/// A page.
pub(crate) struct PageText<'d> {
    /// Width and height in points, where the file says them.
    pub size: Option<(f32, f32)>,
    /// In reading order.
    pub blocks: Vec<BlockText<'d>>,
}

/// A block with its text.
pub(crate) struct BlockText<'d> {
    pub block: &'d Block,
    pub text: Cow<'d, str>,
}

/// All pages in their order; a page without blocks has none.
pub(crate) fn pages(document: &Document) -> Vec<PageText<'_>> {
    let by_page = document.blocks_by_page().into_iter().enumerate();
    let with_text = |block| BlockText { block, text: Block::text(block) };
    by_page
        .map(|(index, blocks)| PageText {
            size: document.page(index + 1).and_then(|page| page.size),
            blocks: blocks.into_iter().map(with_text).collect(),
        })
        .collect()
}
