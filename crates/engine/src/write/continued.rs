//! Tables that continue over the end of a page, in the form that the request asks for and in the
//! other.

use docket_contract::Segment;
use docket_contract::document::OtherTables;

use super::accounts::Accounts;
use super::segments::{Rendered, Renderer};
use crate::model::{Block, ContinuedTable, Table};

/// A block to show: its place among all, and the whole table that it stands for.
#[derive(Clone, Copy)]
pub(super) struct Shown<'d> {
    pub at: usize,
    pub block: &'d Block,
    pub whole: Option<&'d Table>,
}

/// The blocks to show. Where tables are joined, the whole stands in for its first part, and the
/// others are left out.
pub(super) fn shown<'d>(
    blocks: &'d [Block],
    continued: &'d [ContinuedTable],
    joined: bool,
) -> Vec<Shown<'d>> {
    let all = blocks.iter().enumerate().map(|(at, block)| Some(Shown { at, block, whole: None }));
    let mut shown: Vec<Option<Shown<'d>>> = all.collect();
    for table in continued.iter().filter(|_| joined) {
        table.parts.iter().for_each(|part| shown[*part] = None);
        let first = table.parts[0];
        shown[first] = Some(Shown { at: first, block: &blocks[first], whole: Some(&table.whole) });
    }
    shown.into_iter().flatten().collect()
}

/// Renders the form that is not shown, and notes in joined tables where their parts stand.
/// `segments` are those shown, each with the place of its block.
pub(super) fn both_forms(
    blocks: &[Block],
    continued: &[ContinuedTable],
    joined: bool,
    segments: &mut [(usize, Rendered)],
    (renderer, accounts): (&mut Renderer<'_>, &mut Accounts),
) -> Vec<OtherTables> {
    let mut others = Vec::with_capacity(continued.len());
    for table in continued {
        let places = renderer.places(table.parts.iter().map(|part| &blocks[*part]));
        let mut instead_of = Vec::new();
        for (_, shown) in segments.iter_mut().filter(|(at, _)| table.parts.contains(at)) {
            instead_of.push(shown.segment.segment_id);
            if joined {
                shown.segment.merged_page_bboxes.clone_from(&places);
            }
        }
        let others_of: Vec<Segment> = if joined {
            let parts: Vec<Rendered> =
                table.parts.iter().map(|part| renderer.render(&blocks[*part])).collect();
            let whole = segments.iter().find(|(at, _)| table.parts.contains(at));
            if let Some((_, whole)) = whole {
                accounts.joined(whole, &parts);
                accounts.compare(whole, &parts.iter().collect::<Vec<_>>());
            }
            parts.into_iter().map(|part| part.segment).collect()
        } else {
            let whole = renderer.render_whole(&blocks[table.parts[0]], &table.whole);
            let parts = segments.iter().filter(|(at, _)| table.parts.contains(at));
            accounts.compare(&whole, &parts.map(|(_, part)| part).collect::<Vec<_>>());
            vec![Segment { merged_page_bboxes: places, ..whole.segment }]
        };
        others.push(OtherTables { instead_of, segments: others_of });
    }
    others
}
