//! The chapters of a book (EPUB 3.3), in the order in which they are shown.

use std::collections::HashMap;

use super::markup::{Sink, Tag};
use super::package::Package;
use crate::error::{Damage, Error};

/// Chapters of a book; longer lists are beyond every limit.
const CHAPTERS_MAX: usize = 100_000;

/// The names of the parts that a book shows, one after the other. A part may be shown several times.
///
/// # Errors
/// If there is no list of them, or it is beyond a limit.
pub(in crate::source::office) fn chapters(package: &mut Package<'_>) -> Result<Vec<String>, Error> {
    let list = package.find(".opf");
    let list = list.ok_or(Error::UnreadableFile(Damage::Corrupt))?;
    let folder = list.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut reader = ListReader::default();
    package.scan(&list, &mut reader)?;
    let files = &reader.files;
    let names = reader.order.iter().filter_map(|id| files.get(id));
    Ok(names.map(|name| format!("{folder}{name}").to_ascii_lowercase()).collect())
}

#[derive(Default)]
struct ListReader {
    files: HashMap<String, String>,
    order: Vec<String>,
}

impl Sink for ListReader {
    fn start(&mut self, tag: Tag<'_>) {
        let text = |name: &[u8]| {
            String::from_utf8_lossy(tag.attribute(name).unwrap_or_default()).into_owned()
        };
        match tag.name {
            b"item" => drop(self.files.insert(text(b"id"), text(b"href"))),
            b"itemref"
                if tag.attribute(b"linear") != Some(b"no") && self.order.len() < CHAPTERS_MAX =>
            {
                self.order.push(text(b"idref"));
            }
            _ => {}
        }
    }

    fn end(&mut self, _name: &[u8]) {}

    fn text(&mut self, _piece: &[u8]) {}
}
