//! The bibliography of a document (`xml_citation`).
//!
//! Entries stand under a heading such as `References`. Their fields are told apart by the common
//! styles (numbered, author and year, title in quotes); what no style tells stays open.

mod entries;
mod fields;

use super::label::lists_names;
use crate::model::{Bibliography, Block, Role};

/// Reads the entries, and notes in the blocks which entry they belong to.
pub(crate) fn read(blocks: &mut [Block]) -> Bibliography {
    let found = entries::find(blocks);
    for (block, part) in found.places {
        blocks[block].entry = Some(part);
    }
    let title = blocks.iter().position(|block| block.role() == Some(Role::Title));
    let below = title.map_or(&[][..], |title| &blocks[title + 1..]);
    let on_title_page = |block: &&Block| title.is_some_and(|at| block.page == blocks[at].page);
    let names = below.iter().take_while(on_title_page);
    let names = names.take_while(|block| block.is_paragraph()).take(3);
    let names = names.filter(|block| lists_names(&block.lines()));
    Bibliography {
        entries: found.entries.into_iter().map(|(id, text)| fields::read(id, &text)).collect(),
        numbered: found.numbered,
        authors: names.flat_map(|block| fields::names(&block.text())).collect(),
        title: title.map(|title| blocks[title].text().into_owned()),
    }
}
