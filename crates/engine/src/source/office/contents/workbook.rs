//! Workbooks: cells that show something, comments, and what is drawn on sheets.

use super::slides;
use super::texts::Paragraphs;
use crate::error::{Damage, Error};
use crate::model::{Intake, PageIntake};
use crate::source::office::format::Requested;
use crate::source::office::sheets::Sheets;
use crate::source::office::survey::{ListCounter, Package, Sink, Tag};

const WORKBOOK: &str = "xl/workbook.xml";

/// Counts the sheets that are shown or requested.
///
/// # Errors
/// If the workbook is beyond a limit.
pub(super) fn read(
    package: &mut Package<'_>,
    sheets: &Sheets,
    requested: Requested,
    to: &mut Intake,
) -> Result<(), Error> {
    let (mut list, mut shown) = (ListCounter::default(), ShownSheets::default());
    if !package.scan(WORKBOOK, &mut list)? {
        return Err(Error::UnreadableFile(Damage::Corrupt));
    }
    package.scan(WORKBOOK, &mut shown)?;
    let targets = package.targets_of(WORKBOOK)?;
    for (index, relation) in list.pages.iter().enumerate() {
        let is_shown = shown.0.get(index).copied().unwrap_or(true) || requested.sheets;
        let Some(sheet) = targets.get(relation).filter(|_| is_shown) else { continue };
        let page = to.page(index + 1);
        page.cells = sheets.get(index + 1).map_or(0, |sheet| sheet.cells_shown(requested));
        for part in package.targets_of(&sheet.target)?.into_values() {
            if part.kind.ends_with("/comments") {
                package.scan(&part.target, &mut Drawn::new(page))?;
            } else if part.kind.ends_with("/drawing") {
                package.scan(&part.target, &mut Drawn::new(page))?;
                for chart in package.targets_of(&part.target)?.into_values() {
                    if chart.kind.ends_with("/chart") {
                        let mut counter = slides::Counter::of_chart(page);
                        package.scan(&chart.target, &mut counter)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// Whether each sheet is shown.
#[derive(Default)]
struct ShownSheets(Vec<bool>);

impl Sink for ShownSheets {
    fn start(&mut self, tag: Tag<'_>) {
        if tag.name == b"sheet" {
            self.0.push(!matches!(tag.attribute(b"state"), Some(b"hidden" | b"veryHidden")));
        }
    }

    fn end(&mut self, _name: &[u8]) {}

    fn text(&mut self, _piece: &[u8]) {}
}

/// Counts comments, boxes of text and pictures.
struct Drawn<'p> {
    to: &'p mut PageIntake,
    paragraphs: Paragraphs,
    in_text: bool,
}

impl<'p> Drawn<'p> {
    fn new(to: &'p mut PageIntake) -> Self {
        Self { to, paragraphs: Paragraphs::default(), in_text: false }
    }
}

impl Sink for Drawn<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        match tag.name {
            b"p" | b"text" if !tag.is_empty => self.paragraphs.open(),
            b"Fallback" if !tag.is_empty => self.paragraphs.hide(),
            b"t" if !tag.is_empty => self.in_text = true,
            b"pic" if !self.paragraphs.is_hidden() => self.to.picture_count += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"p" | b"text" => self.paragraphs.close(self.to),
            b"Fallback" => self.paragraphs.show(),
            b"t" => self.in_text = false,
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if self.in_text {
            self.paragraphs.push(piece);
        }
    }
}
