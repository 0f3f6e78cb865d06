//! Slides with their notes, comments, charts and diagrams (ECMA-376 part 1, 19 and 21).

use super::texts::{Paragraphs, is_drawn_text};
use crate::error::{Damage, Error};
use crate::model::{Intake, PageIntake};
use crate::source::office::survey::{ListCounter, Package, Sink, Tag};

const PRESENTATION: &str = "ppt/presentation.xml";

/// Counts all slides that are shown.
///
/// # Errors
/// If the presentation is beyond a limit.
pub(super) fn read(package: &mut Package<'_>, to: &mut Intake) -> Result<(), Error> {
    let mut list = ListCounter::default();
    if !package.scan(PRESENTATION, &mut list)? {
        return Err(Error::UnreadableFile(Damage::Corrupt));
    }
    let targets = package.targets_of(PRESENTATION)?;
    for (index, relation) in list.pages.iter().enumerate() {
        let Some(slide) = targets.get(relation) else { continue };
        let page = to.page(index + 1);
        let mut counter = Counter::new(page, Kind::Slide);
        package.scan(&slide.target, &mut counter)?;
        if counter.is_hidden {
            to.pages.remove(&(index + 1));
            continue;
        }
        for part in package.targets_of(&slide.target)?.into_values() {
            let kind = match part.kind.as_str() {
                kind if kind.ends_with("/notesSlide") => Kind::Notes,
                kind if kind.ends_with("/comments") => Kind::Comments,
                kind if kind.ends_with("/chart") => Kind::Chart,
                kind if is_drawn_text(kind) => Kind::Diagram,
                _ => continue,
            };
            package.scan(&part.target, &mut Counter::new(to.page(index + 1), kind))?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Slide,
    Notes,
    Comments,
    Chart,
    Diagram,
}

/// Counts a part.
pub(super) struct Counter<'p> {
    to: &'p mut PageIntake,
    kind: Kind,
    paragraphs: Paragraphs,
    in_text: bool,
    /// The slide is not shown.
    is_hidden: bool,
    /// The shape is a number, a date or the like that the slide has from its master.
    is_running: bool,
    /// The shape is the text of the notes.
    is_body: bool,
    in_names: bool,
    /// Whether each open field is the number of the slide.
    fields: Vec<bool>,
}

impl<'p> Counter<'p> {
    fn new(to: &'p mut PageIntake, kind: Kind) -> Self {
        Self {
            to,
            kind,
            paragraphs: Paragraphs::default(),
            in_text: false,
            is_hidden: false,
            is_running: false,
            is_body: false,
            in_names: false,
            fields: Vec::new(),
        }
    }

    /// Counts the names in a chart.
    pub(super) fn of_chart(to: &'p mut PageIntake) -> Self {
        Self::new(to, Kind::Chart)
    }

    fn counts(&self) -> bool {
        match self.kind {
            Kind::Notes => self.is_body,
            _ => !self.is_running,
        }
    }
}

impl Counter<'_> {
    fn close_field(&mut self) {
        if self.fields.pop() == Some(true) {
            self.paragraphs.show();
        }
    }
}

impl Sink for Counter<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"sld" => self.is_hidden = matches!(tag.attribute(b"show"), Some(b"0" | b"false")),
            b"sp" => (self.is_running, self.is_body) = (false, false),
            b"ph" => {
                let kind = tag.attribute(b"type");
                self.is_running = matches!(kind, Some(b"sldNum" | b"dt" | b"ftr"));
                self.is_body = kind == Some(b"body");
            }
            b"p" | b"text" if !tag.is_empty => self.paragraphs.open(),
            b"br" => self.paragraphs.push(b" "),
            b"Fallback" if !tag.is_empty => self.paragraphs.hide(),
            b"fld" if !tag.is_empty => {
                let is_number = tag.attribute(b"type") == Some(b"slidenum");
                self.fields.push(is_number);
                if is_number {
                    self.paragraphs.hide();
                }
            }
            b"t" if !tag.is_empty => self.in_text = true,
            b"strCache" if !tag.is_empty => self.in_names = true,
            b"v" if self.in_names && !tag.is_empty => self.paragraphs.open(),
            b"pic" if self.kind == Kind::Slide && !self.paragraphs.is_hidden() => {
                self.to.picture_count += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"p" | b"text" => self.paragraphs.close(self.to),
            b"Fallback" => self.paragraphs.show(),
            b"fld" => self.close_field(),
            b"t" => self.in_text = false,
            b"strCache" => self.in_names = false,
            b"v" if self.in_names => self.paragraphs.close(self.to),
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        let is_text = self.in_text || self.in_names || self.kind == Kind::Comments;
        if is_text && self.counts() {
            self.paragraphs.push(piece);
        }
    }
}
