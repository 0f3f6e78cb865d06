//! Gives blocks their kinds: headings, list items, captions, notes, running headers and footers.

mod authors;
mod continued;
mod declared;
mod headers_footers;
mod headings;
mod look;
mod norms;
mod page_frame;
mod pictures;
mod roles;

pub(crate) use authors::lists_names;
pub(crate) use continued::{Continued, continued_tables};

use docket_contract::SegmentType;

use crate::model::{Block, OutlineEntry, PageLayout, Part};
use norms::Norms;
use page_frame::PageFrame;

/// Turns laid-out pages, given with their 1-based numbers, into parts in reading order.
pub(crate) fn classify(mut pages: Vec<(usize, PageLayout)>, outline: &[OutlineEntry]) -> Vec<Part> {
    let furniture = headers_footers::separate(&mut pages);
    let norms = norms::norms(&pages);
    let mut parts = Vec::new();
    for ((page, layout), furniture) in pages.into_iter().zip(furniture) {
        let frame = PageFrame::of(page, &layout);
        let furniture_of = |kind, block| frame.part(kind, block);
        let headers = furniture.headers.into_iter();
        parts.extend(headers.map(|block| furniture_of(SegmentType::PageHeader, block)));
        let flow = flow(layout.blocks, frame, &norms);
        parts.extend(pictures::place(flow, &layout.pictures, frame));
        let footers = furniture.footers.into_iter();
        parts.extend(footers.map(|block| furniture_of(SegmentType::PageFooter, block)));
    }
    headings::assign(&mut parts, outline, &norms);
    parts
}

/// The text of a page with its kinds, headings apart.
fn flow(blocks: Vec<Block>, frame: PageFrame, norms: &Norms) -> Vec<Part> {
    let parts = blocks.into_iter().map(|block| frame.part(SegmentType::Text, block));
    let mut flow: Vec<Part> = parts.collect();
    roles::assign(&mut flow, norms);
    flow
}
