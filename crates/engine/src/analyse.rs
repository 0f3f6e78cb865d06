//! Finds the structure of a document in what its pages show: words, lines, tables, reading order,
//! headings, headers and footers.

mod assemble;
pub(crate) mod bibliography;
mod draft;
mod label;
pub(crate) mod layout;
pub(crate) mod long_tables;
mod marks;
mod notes;
mod reading_order;
mod table;
mod tolerances;

use std::collections::HashMap;

use crate::model::{Block, ContinuedTable, OutlineEntry, Page};
use assemble::Assembly;
pub(crate) use draft::PageLayout;
pub(crate) use notes::add_notes;

/// The blocks of laid-out pages, given with their 1-based numbers, in reading order, and the tables
/// that continue over the end of a page. `details` is what pages have beside their text.
pub(crate) fn structure(
    pages: Vec<(usize, PageLayout)>,
    outline: &[OutlineEntry],
    details: &HashMap<usize, Page>,
) -> (Vec<Block>, Vec<ContinuedTable>) {
    let parts = label::label(pages, outline);
    let vocabulary = assemble::vocabulary(&parts);
    let continued = label::continued_tables(&parts);
    let assembly = Assembly { vocabulary: &vocabulary, details };
    let continued = assembly.continued(continued, &parts);
    (assembly.blocks(parts), continued)
}
