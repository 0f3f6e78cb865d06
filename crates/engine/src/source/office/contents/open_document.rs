//! `OpenDocument` files: paragraphs of text, sheets and slides (OASIS ODF 1.3).

use super::texts::Paragraphs;
use crate::error::{Damage, Error};
use crate::model::Intake;
use crate::source::office::format::OfficeFormat;
use crate::source::office::survey::{Package, Sink, Tag};

/// Counts a file.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn read(
    package: &mut Package<'_>,
    format: OfficeFormat,
    to: &mut Intake,
) -> Result<(), Error> {
    let page_element: &[u8] = match format {
        OfficeFormat::Ods => b"table",
        OfficeFormat::Odp => b"page",
        _ => b"",
    };
    let mut counter = Counter::new(to, page_element);
    if !package.scan("content.xml", &mut counter)? {
        return Err(Error::UnreadableFile(Damage::Corrupt));
    }
    if format == OfficeFormat::Odt {
        let mut counter = Counter { only_running: true, ..Counter::new(to, b"") };
        package.scan("styles.xml", &mut counter)?;
    }
    Ok(())
}

/// Elements whose text no page shows, or shows as a mark.
fn is_hidden(name: &[u8]) -> bool {
    matches!(
        name,
        b"tracked-changes"
            | b"note-citation"
            | b"creator"
            | b"date"
            | b"date-string"
            | b"desc"
            | b"title"
            | b"covered-table-cell"
            | b"meta"
    )
}

struct Counter<'i> {
    to: &'i mut Intake,
    paragraphs: Paragraphs,
    /// The element that begins a page, how many of them are open, and the page.
    page_element: &'static [u8],
    open_pages: usize,
    page: usize,
    /// Only the headers and footers of styles count, and one is open.
    only_running: bool,
    in_running: bool,
    in_frame: bool,
}

impl<'i> Counter<'i> {
    fn new(to: &'i mut Intake, page_element: &'static [u8]) -> Self {
        let page = usize::from(page_element.is_empty());
        Self {
            to,
            paragraphs: Paragraphs::default(),
            page_element,
            open_pages: 0,
            page,
            only_running: false,
            in_running: false,
            in_frame: false,
        }
    }
}

impl Sink for Counter<'_> {
    fn start(&mut self, tag: Tag<'_>) {
        if tag.name == self.page_element && !tag.is_empty {
            self.page += usize::from(self.open_pages == 0);
            self.open_pages += 1;
        }
        match tag.name {
            b"p" | b"h" if !tag.is_empty => self.paragraphs.open(),
            name if is_hidden(name) && !tag.is_empty => self.paragraphs.hide(),
            b"s" | b"tab" | b"line-break" => self.paragraphs.push(b" "),
            b"header" | b"footer" if !tag.is_empty => self.in_running = true,
            b"frame" => self.in_frame = true,
            b"image" if self.in_frame && !self.only_running && !self.paragraphs.is_hidden() => {
                // A frame may hold its picture in several formats.
                self.in_frame = false;
                self.to.page(self.page.max(1)).picture_count += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == self.page_element {
            self.open_pages = self.open_pages.saturating_sub(1);
        }
        match name {
            b"p" | b"h" => self.paragraphs.close(self.to.page(self.page.max(1))),
            name if is_hidden(name) => self.paragraphs.show(),
            b"header" | b"footer" => self.in_running = false,
            _ => {}
        }
    }

    fn text(&mut self, piece: &[u8]) {
        if self.paragraphs.is_open() && (self.in_running || !self.only_running) {
            self.paragraphs.push(piece);
        }
    }
}
