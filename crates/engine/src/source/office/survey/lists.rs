//! What the lists in a package hold: slides, sheets, relations and shared strings.

use super::markup::{Sink, Tag, characters};

/// Entries of one list that are kept; longer lists are beyond every limit.
const ENTRIES_MAX: usize = 200_000;

/// The pages that a presentation or a workbook lists, and what a part refers to.
#[derive(Debug, Default)]
pub(in crate::source::office) struct ListCounter {
    /// The relation of each slide or sheet, in their order.
    pub pages: Vec<String>,
    /// How many there are.
    pub page_count: u64,
    /// Identifier, type and target.
    pub relations: Vec<Relation>,
}

/// A part that another part refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source::office) struct Relation {
    pub id: String,
    pub kind: String,
    pub target: String,
}

impl Sink for ListCounter {
    fn start(&mut self, tag: Tag<'_>) {
        let text = |name: &[u8]| {
            let value = tag.attribute(name).unwrap_or_default();
            String::from_utf8_lossy(value).into_owned()
        };
        match tag.name {
            b"Relationship" if self.relations.len() < ENTRIES_MAX => self
                .relations
                .push(Relation { id: text(b"Id"), kind: text(b"Type"), target: text(b"Target") }),
            b"sheet" | b"sldId" => {
                self.page_count += 1;
                if self.pages.len() < ENTRIES_MAX {
                    let relation = tag.relation().unwrap_or_default();
                    self.pages.push(String::from_utf8_lossy(relation).into_owned());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, _name: &[u8]) {}

    fn text(&mut self, _piece: &[u8]) {}
}

/// Counts the strings that cells share.
#[derive(Debug, Default)]
pub(super) struct StringCounter {
    /// The characters of each.
    pub lengths: Vec<u32>,
    /// How many are announced: their reader makes room for them.
    pub announced: u64,
    open: Option<u32>,
}

impl Sink for StringCounter {
    fn start(&mut self, tag: Tag<'_>) {
        match (tag.name, tag.is_empty) {
            (b"sst", _) => self.announced = tag.number(b"uniqueCount").unwrap_or(0),
            (b"si", true) => self.lengths.push(0),
            (b"si", false) => self.open = Some(0),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"si" {
            self.lengths.extend(self.open.take());
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if let Some(open) = &mut self.open {
            let count = u32::try_from(characters(piece)).unwrap_or(u32::MAX);
            *open = open.saturating_add(count);
        }
    }
}
