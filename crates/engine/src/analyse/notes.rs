//! Comments on pages become blocks behind the text of their pages, as those of Office files do.

use crate::model::{Block, Content, ContinuedTable, Note, Origin, Page, Role, Text};

/// Adds the comments of pages to blocks in reading order. Tables that continue name their parts by
/// the places of blocks.
pub(crate) fn add_notes(blocks: &mut Vec<Block>, continued: &mut [ContinuedTable], pages: &[Page]) {
    if pages.iter().all(|page| page.notes.is_empty()) {
        return;
    }
    for page in pages.iter().filter(|page| !page.notes.is_empty()) {
        let at = blocks.partition_point(|block| block.page <= page.number);
        let notes: Vec<Block> = page.notes.iter().map(|note| block(page.number, note)).collect();
        let parts = continued.iter_mut().flat_map(|table| &mut table.parts);
        parts.filter(|part| **part >= at).for_each(|part| *part += notes.len());
        blocks.splice(at..at, notes);
    }
}

fn block(page: usize, note: &Note) -> Block {
    let mut text = Text::default();
    for line in note.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !text.content.is_empty() {
            text.content.push(' ');
            text.breaks.push(text.content.len());
        }
        text.content.push_str(line);
    }
    Block {
        page,
        rect: Some(note.rect),
        content: Content::Text { role: Role::Footnote, text },
        confidence: 1.0,
        origin: Origin::Element,
        entry: None,
    }
}
