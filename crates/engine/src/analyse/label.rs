//! Gives blocks their labels: headings, list items, captions, notes, running headers and footers.

mod authors;
mod continued;
mod covers;
mod declared;
mod headers_footers;
mod headings;
mod look;
mod norms;
mod page_frame;
mod part;
mod pictures;
mod roles;
mod tolerances;

pub(crate) use authors::lists_names;
pub(crate) use continued::{ContinuedDraft, continued_tables};
pub(crate) use part::{Label, Part};

use crate::analyse::draft::{BlockDraft, PageLayout};
use crate::model::OutlineEntry;
use norms::Norms;
use page_frame::PageFrame;

/// Turns laid-out pages, given with their 1-based numbers, into parts in reading order.
pub(crate) fn label(mut pages: Vec<(usize, PageLayout)>, outline: &[OutlineEntry]) -> Vec<Part> {
    let running = headers_footers::separate(&mut pages);
    let norms = norms::norms(&pages);
    let mut parts = Vec::new();
    for ((page, layout), running) in pages.into_iter().zip(running) {
        let frame = PageFrame::of(page, &layout);
        let of_edge = |label, block| frame.part(label, block);
        let headers = running.headers.into_iter();
        parts.extend(headers.map(|block| of_edge(Label::PageHeader, block)));
        let flow = flow(layout.blocks, frame, &norms);
        parts.extend(pictures::place(flow, &layout.pictures, frame));
        let footers = running.footers.into_iter();
        parts.extend(footers.map(|block| of_edge(Label::PageFooter, block)));
    }
    headings::assign(&mut parts, outline, &norms);
    parts
}

/// The text of a page with its labels, headings apart.
fn flow(blocks: Vec<BlockDraft>, frame: PageFrame, norms: &Norms) -> Vec<Part> {
    let parts = blocks.into_iter().map(|block| frame.part(Label::Text, block));
    let mut flow: Vec<Part> = parts.collect();
    roles::assign(&mut flow, norms);
    flow
}
