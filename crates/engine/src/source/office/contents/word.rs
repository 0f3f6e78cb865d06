//! Word files: paragraphs of the body and of all parts that it refers to (ECMA-376 part 1, 17).

use super::texts::{Paragraphs, is_drawn_text};
use crate::error::{Damage, Error};
use crate::model::PageIntake;
use crate::source::office::survey::{Package, Sink, Tag};

/// Parts that hold text of the document.
const TEXT_PARTS: [&str; 5] = ["/header", "/footer", "/footnotes", "/endnotes", "/comments"];

/// Counts a document.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn read(package: &mut Package<'_>, to: &mut PageIntake) -> Result<(), Error> {
    let main = package.targets_of("")?.into_values();
    let main = main.into_iter().find(|part| part.kind.ends_with("/officeDocument"));
    let main = main.map_or_else(|| "word/document.xml".to_owned(), |part| part.target);
    let mut parts = vec![main.clone()];
    for part in package.targets_of(&main)?.into_values() {
        let is_text = TEXT_PARTS.iter().any(|kind| part.kind.ends_with(kind));
        if is_text || is_drawn_text(&part.kind) {
            parts.push(part.target);
        }
    }
    parts.sort_unstable();
    parts.dedup();
    for part in parts {
        let is_there = package.scan(&part, &mut Counter::new(to))?;
        if part == main && !is_there {
            return Err(Error::UnreadableFile(Damage::Corrupt));
        }
    }
    Ok(())
}

struct Counter<'p> {
    to: &'p mut PageIntake,
    paragraphs: Paragraphs,
    in_text: bool,
    /// Within a run, and within its looks.
    in_run: bool,
    in_looks: bool,
    /// The run is hidden.
    vanishes: bool,
    formulas: usize,
}

impl<'p> Counter<'p> {
    fn new(to: &'p mut PageIntake) -> Self {
        Self {
            to,
            paragraphs: Paragraphs::default(),
            in_text: false,
            in_run: false,
            in_looks: false,
            vanishes: false,
            formulas: 0,
        }
    }

    fn is_shown(&self) -> bool {
        !self.paragraphs.is_hidden() && !self.vanishes
    }
}

impl Sink for Counter<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"p" if !tag.is_empty => self.paragraphs.open(),
            b"del" | b"moveFrom" | b"Fallback" | b"delText" if !tag.is_empty => {
                self.paragraphs.hide();
            }
            b"oMath" if !tag.is_empty => self.formulas += 1,
            b"r" if !tag.is_empty => (self.in_run, self.vanishes) = (true, false),
            b"rPr" if !tag.is_empty && self.in_run => self.in_looks = true,
            b"vanish" if self.in_looks => {
                self.vanishes = !matches!(tag.attribute(b"val"), Some(b"0" | b"false" | b"off"));
            }
            b"t" if !tag.is_empty => self.in_text = true,
            b"tab" | b"br" | b"cr" if self.in_run && !self.in_looks => self.paragraphs.push(b" "),
            b"noBreakHyphen" => self.paragraphs.push(b"-"),
            b"blip" | b"imagedata" if self.is_shown() => self.to.picture_count += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"p" => self.paragraphs.close(self.to),
            b"del" | b"moveFrom" | b"Fallback" | b"delText" => self.paragraphs.show(),
            b"oMath" => self.formulas = self.formulas.saturating_sub(1),
            b"r" => (self.in_run, self.vanishes) = (false, false),
            b"rPr" => self.in_looks = false,
            b"t" => self.in_text = false,
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        // Formulas are written in another notation.
        if self.in_text && self.is_shown() && self.formulas == 0 {
            self.paragraphs.push(piece);
        }
    }
}
