//! Paragraphs of `OpenDocument` files: spans with their looks, and links (OASIS ODF 1.3 part 3, 6).

use std::collections::HashMap;

use super::super::survey::{Package, Sink, Tag};
use super::texts::Characters;
use super::xml::{Pieces, resolved};
use crate::error::Error;
use crate::model::{Mark, Script};
use crate::source::office::styled::{Look, Styled};

/// Spaces that one element may stand for.
const SPACES_MAX: u64 = 1000;

/// Adds all paragraphs of a package.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn collect(package: &mut Package<'_>, to: &mut Characters) -> Result<(), Error> {
    package.allow_document_types();
    let mut styles = Styles::default();
    package.scan("styles.xml", &mut styles)?;
    package.scan("content.xml", &mut styles)?;
    let mut reader = Reader::of(&styles.looks);
    package.scan("content.xml", &mut reader)?;
    reader.paragraphs.into_iter().for_each(|paragraph| to.add(paragraph));
    Ok(())
}

/// The looks of styles of text, by their names.
#[derive(Default)]
struct Styles {
    looks: HashMap<String, Vec<Look>>,
    open: Option<String>,
}

impl Sink for Styles {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"style" if tag.attribute(b"family") == Some(b"text") => {
                self.open = Some(name(tag, b"name"));
            }
            b"style" => self.open = None,
            b"text-properties" => {
                let Some(style) = self.open.clone() else { return };
                self.looks.insert(style, looks(tag));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"style" {
            self.open = None;
        }
    }

    fn text(&mut self, _piece: &[u8]) {}
}

fn looks(tag: Tag<'_>) -> Vec<Look> {
    let mut looks = Vec::new();
    if matches!(tag.attribute(b"font-weight"), Some(b"bold" | b"600" | b"700" | b"800" | b"900")) {
        looks.push(Look::Mark(Mark::Bold));
    }
    if matches!(tag.attribute(b"font-style"), Some(b"italic" | b"oblique")) {
        looks.push(Look::Mark(Mark::Italic));
    }
    let struck = tag.attribute(b"text-line-through-style");
    if struck.is_some_and(|style| style != b"none") {
        looks.push(Look::Mark(Mark::Struck));
    }
    match tag.attribute(b"text-position") {
        Some(position) if position.starts_with(b"super") => {
            looks.push(Look::Script(Script::Raised));
        }
        Some(position) if position.starts_with(b"sub") => looks.push(Look::Script(Script::Lowered)),
        _ => {}
    }
    looks
}

fn name(tag: Tag<'_>, attribute: &[u8]) -> String {
    String::from_utf8_lossy(tag.attribute(attribute).unwrap_or_default()).into_owned()
}

struct Reader<'s> {
    styles: &'s HashMap<String, Vec<Look>>,
    paragraphs: Vec<Styled>,
    /// Paragraphs that are open: a note stands within one.
    open: Vec<Styled>,
    /// The looks of spans and links that are open.
    inside: Vec<Vec<Look>>,
    /// Elements that are open and belong to no paragraph.
    hidden: usize,
    text: Pieces,
}

impl<'s> Reader<'s> {
    fn of(styles: &'s HashMap<String, Vec<Look>>) -> Self {
        Self {
            styles,
            paragraphs: Vec::new(),
            open: Vec::new(),
            inside: Vec::new(),
            hidden: 0,
            text: Pieces::default(),
        }
    }

    /// Adds the text so far with the looks that are open.
    fn flush(&mut self) {
        let text = self.text.take();
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        let looks = self.inside.iter().flatten().cloned();
        if let Some(open) = self.open.last_mut().filter(|_| self.hidden == 0 && !text.is_empty()) {
            open.push(text, looks);
        }
    }
}

fn is_hidden(name: &[u8]) -> bool {
    matches!(
        name,
        b"note-citation" | b"creator" | b"date" | b"tracked-changes" | b"desc" | b"title"
    )
}

impl Sink for Reader<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        self.flush();
        match tag.name {
            b"p" | b"h" if !tag.is_empty => self.open.push(Styled::default()),
            b"span" if !tag.is_empty => {
                let style = name(tag, b"style-name");
                self.inside.push(self.styles.get(&style).cloned().unwrap_or_default());
            }
            b"a" if !tag.is_empty => {
                let address = resolved(tag.attribute(b"href").unwrap_or_default()).into_owned();
                let leads = !address.is_empty() && !address.starts_with('#');
                self.inside
                    .push(leads.then(|| Look::Mark(Mark::Link(address))).into_iter().collect());
            }
            b"s" => {
                let count = tag.number(b"c").unwrap_or(1).min(SPACES_MAX);
                self.push(&" ".repeat(usize::try_from(count).unwrap_or(1)));
            }
            b"tab" => self.push("\t"),
            b"line-break" => self.push("\n"),
            name if is_hidden(name) && !tag.is_empty => self.hidden += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.flush();
        match name {
            b"p" | b"h" => self.paragraphs.extend(self.open.pop()),
            b"span" | b"a" => drop(self.inside.pop()),
            name if is_hidden(name) => self.hidden = self.hidden.saturating_sub(1),
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if !self.open.is_empty() {
            self.text.push(piece);
        }
    }
}
