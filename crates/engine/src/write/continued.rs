//! Tables that go on over a page's end, in the form that the request asks for and in the other.

use docket_contract::Segment;
use docket_contract::document::OtherTables;

use crate::analyse::label::Continued;
use crate::model::Part;
use crate::write::{Rendered, Renderer};

/// The parts to show, each with its place among all: where tables are joined, the whole stands in
/// for its first part, and the others are left out.
pub(crate) fn shown<'p>(
    parts: &'p [Part],
    continued: &'p [Continued],
    joined: bool,
) -> Vec<(usize, &'p Part)> {
    let mut shown: Vec<Option<&Part>> = parts.iter().map(Some).collect();
    for table in continued.iter().filter(|_| joined) {
        table.parts.iter().for_each(|part| shown[*part] = None);
        shown[table.parts[0]] = Some(&table.whole);
    }
    shown.into_iter().enumerate().filter_map(|(at, part)| Some((at, part?))).collect()
}

/// Renders the form that is not shown, and tells joined tables where their parts stand. `segments`
/// are those shown, each with the place of its part.
pub(crate) fn both_forms(
    parts: &[Part],
    continued: &[Continued],
    joined: bool,
    segments: &mut [(usize, Rendered)],
    renderer: &mut Renderer<'_>,
) -> Vec<OtherTables> {
    let mut others = Vec::with_capacity(continued.len());
    for table in continued {
        let places = renderer.places(table.parts.iter().map(|part| &parts[*part]));
        let mut instead_of = Vec::new();
        for (_, shown) in segments.iter_mut().filter(|(at, _)| table.parts.contains(at)) {
            instead_of.push(shown.segment.segment_id);
            if joined {
                shown.segment.merged_page_bboxes.clone_from(&places);
            }
        }
        let others_of: Vec<Segment> = if joined {
            table.parts.iter().map(|part| renderer.render(&parts[*part]).segment).collect()
        } else {
            let whole = renderer.render(&table.whole).segment;
            vec![Segment { merged_page_bboxes: places, ..whole }]
        };
        others.push(OtherTables { instead_of, segments: others_of });
    }
    others
}
