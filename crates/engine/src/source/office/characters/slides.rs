//! Paragraphs of slides: runs with their looks and links (ECMA-376 part 1, 21.1.2).

use std::collections::HashMap;

use super::super::survey::{Package, Sink, Tag};
use super::texts::Characters;
use super::word::links;
use super::xml::Pieces;
use crate::error::Error;
use crate::model::{Mark, Script};
use crate::source::office::styled::{Look, Styled};

/// Adds all paragraphs of a package.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn collect(package: &mut Package<'_>, to: &mut Characters) -> Result<(), Error> {
    for part in package.xml_parts()? {
        let folders = ["ppt/slides/", "ppt/notesslides/"];
        if !folders.iter().any(|folder| part.starts_with(folder)) || part.contains("_rels") {
            continue;
        }
        let links = links(package, &part)?;
        let mut reader = Reader { links, ..Reader::default() };
        package.scan(&part, &mut reader)?;
        reader.paragraphs.into_iter().for_each(|paragraph| to.add(paragraph));
    }
    Ok(())
}

#[derive(Default)]
struct Reader {
    links: HashMap<String, String>,
    paragraphs: Vec<Styled>,
    open: Option<Styled>,
    looks: Vec<Look>,
    in_run: bool,
    text: Option<Pieces>,
}

impl Reader {
    fn run_looks(&mut self, tag: Tag<'_>) {
        let is = |name: &[u8]| matches!(tag.attribute(name), Some(b"1" | b"true" | b"on"));
        let mut looks = Vec::new();
        if is(b"b") {
            looks.push(Look::Mark(Mark::Bold));
        }
        if is(b"i") {
            looks.push(Look::Mark(Mark::Italic));
        }
        if matches!(tag.attribute(b"strike"), Some(b"sngStrike" | b"dblStrike")) {
            looks.push(Look::Mark(Mark::Struck));
        }
        match tag.attribute(b"baseline") {
            Some([b'-', ..]) => looks.push(Look::Script(Script::Lowered)),
            None | Some(b"0" | b"0%") => {}
            Some(_) => looks.push(Look::Script(Script::Raised)),
        }
        self.looks = looks;
    }
}

impl Sink for Reader {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"p" if !tag.is_empty => self.open = Some(Styled::default()),
            b"r" | b"fld" if !tag.is_empty => {
                self.in_run = true;
                self.looks.clear();
            }
            b"rPr" if self.in_run => self.run_looks(tag),
            b"hlinkClick" if self.in_run => {
                let id = tag.relation().map(String::from_utf8_lossy);
                let address = id.and_then(|id| self.links.get(id.as_ref()).cloned());
                self.looks.extend(address.map(|address| Look::Mark(Mark::Link(address))));
            }
            b"br" => {
                if let Some(open) = &mut self.open {
                    open.push("\n", []);
                }
            }
            b"t" if !tag.is_empty => self.text = Some(Pieces::default()),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"r" | b"fld" => self.in_run = false,
            b"t" => {
                if let (Some(mut text), Some(open)) = (self.text.take(), &mut self.open) {
                    open.push(&text.take(), self.looks.iter().cloned());
                }
            }
            b"p" => self.paragraphs.extend(self.open.take()),
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if let Some(text) = &mut self.text {
            text.push(piece);
        }
    }
}
