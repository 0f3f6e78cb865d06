//! The outline of a document (PDF 32000, 12.3.3): titles of sections, and how deep they stand.

use std::collections::HashSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Dict, ObjectIdentifier, String as PdfString};

use super::marked_content::decode_text;
use crate::model::OutlineEntry;

/// No document has a reason for more.
const ENTRIES_MAX: usize = 5_000;
const DEPTH_MAX: u8 = 8;

/// All titles in reading order.
pub(crate) fn outline(pdf: &Pdf) -> Vec<OutlineEntry> {
    let xref = pdf.xref();
    let root =
        xref.get::<Dict<'_>>(xref.root_id()).and_then(|root| root.get::<Dict<'_>>(keys::OUTLINES));
    let mut entries = Vec::new();
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    // What is still to be read: the rest of the list of each level.
    let mut open: Vec<(Option<Dict<'_>>, u8)> =
        vec![(root.and_then(|root| first(&root, &mut seen)), 0)];
    while let Some((entry, depth)) = open.pop() {
        let Some(entry) = entry else { continue };
        if entries.len() == ENTRIES_MAX {
            break;
        }
        if let Some(title) = entry.get::<PdfString<'_>>(keys::TITLE) {
            let title = decode_text(title.as_bytes());
            entries.push(OutlineEntry { title, depth });
        }
        open.push((linked(&entry, keys::NEXT, &mut seen), depth));
        if depth < DEPTH_MAX {
            open.push((first(&entry, &mut seen), depth + 1));
        }
    }
    entries
}

fn first<'a>(dict: &Dict<'a>, seen: &mut HashSet<ObjectIdentifier>) -> Option<Dict<'a>> {
    linked(dict, keys::FIRST, seen)
}

/// The entry behind a reference, once.
fn linked<'a>(
    dict: &Dict<'a>,
    key: &[u8],
    seen: &mut HashSet<ObjectIdentifier>,
) -> Option<Dict<'a>> {
    let id = dict.get_ref(key).map(ObjectIdentifier::from)?;
    if seen.insert(id) { dict.get::<Dict<'a>>(key) } else { None }
}
