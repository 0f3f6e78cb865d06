//! Books: the chapters that the package lists (EPUB 3.3).

use std::collections::HashMap;

use super::web;
use crate::error::{Damage, Error};
use crate::model::PageIntake;
use crate::source::office::survey::{Package, Sink, Tag};

/// Counts a book.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn read(package: &mut Package<'_>, to: &mut PageIntake) -> Result<(), Error> {
    let list = package.xml_parts()?.into_iter().find(|part| part.ends_with(".opf"));
    let list = list.ok_or(Error::UnreadableFile(Damage::Corrupt))?;
    let folder = list.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut chapters = Chapters::default();
    package.scan(&list, &mut chapters)?;
    for id in &chapters.order {
        let Some(name) = chapters.files.get(id) else { continue };
        let mut counter = web::Counter::new(to);
        package.scan(&format!("{folder}{name}"), &mut counter)?;
        counter.flush();
    }
    Ok(())
}

#[derive(Default)]
struct Chapters {
    files: HashMap<String, String>,
    order: Vec<String>,
}

impl Sink for Chapters {
    fn start(&mut self, tag: Tag<'_>) {
        let text = |name: &[u8]| {
            String::from_utf8_lossy(tag.attribute(name).unwrap_or_default()).into_owned()
        };
        match tag.name {
            b"item" => drop(self.files.insert(text(b"id"), text(b"href"))),
            b"itemref" if tag.attribute(b"linear") != Some(b"no") => {
                self.order.push(text(b"idref"))
            }
            _ => {}
        }
    }

    fn end(&mut self, _name: &[u8]) {}

    fn text(&mut self, _piece: &[u8]) {}
}
