//! Parsing: reads the selected pages one by one, lays them out, and assembles the result.

mod reading;
mod request;
mod step;

use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::{ParseResult, ParseSpec, WarningCode};

use crate::analyse::long_tables::cut_long_tables;
use crate::error::{Damage, Error};
use crate::limits::Limits;
use crate::model::{PageContent, Part};
use crate::recognise::ocr::Asked;
use crate::recognise::scan::Source;
use crate::source::ahead::with_pages;
use crate::source::kind::{Kind, kind};
use crate::source::office::{self, OfficeFormat};
use crate::source::pdf::{
    Document, FontStore, check_contents, links, note_boxes, open, read_page, tick_fields,
};
use crate::source::raster::ImageFile;
use reading::Reading;
pub use request::{ParseRequest, Parsed, Progress};
use step::{Answered, Question, Recognition, Step, answered, read_pdf_page, unrecognised};

/// The size of a page that is not looked at.
const A4_POINTS: (f32, f32) = (595.0, 842.0);

/// Parses a document. `progress` is called before the first page and after every page.
///
/// # Errors
/// If nothing useful can come out of the document; see [`Error`].
pub fn parse(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ParseResult, Error> {
    Ok(parse_with_files(document, request, progress)?.result)
}

/// The same with the files that the spec asks for.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_files(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    match kind(&document, request.media_type) {
        Some(Kind::Office(format)) => parse_office(document, format, request, progress),
        Some(Kind::Image(format)) => {
            parse_images(ImageFile::new(document, format, request.limits)?, request, progress)
        }
        Some(Kind::Pdf) | None => parse_pdf(document, request, progress),
    }
}

fn parse_pdf(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let mut document = open(document, request.password, request.limits)?;
    let outline = document.read_structure();
    let document = document;
    let page_count = document.pdf.pages().len();
    let selected = selected_pages(request.spec, page_count)?;
    let mut reading = Reading::new(page_count, selected.len());
    let ParseRequest { spec, limits, .. } = *request;
    let recognition = &Recognition::default();
    let prepare = || {
        let fonts = FontStore::new(limits);
        let document = &document;
        move |number: usize| Some(pdf_page(document, &fonts, number, (spec, limits), recognition))
    };
    with_pages(request.threads, &selected, &prepare, |next| {
        read_pages(&mut reading, &selected, request, progress, recognition, next)
    })?;
    reading.finish(request, &outline)
}

/// Reads the page with this number, from 1.
fn pdf_page<'a>(
    document: &'a Document,
    fonts: &FontStore<'a>,
    number: usize,
    (spec, limits): (&ParseSpec, &Limits),
    recognition: &Recognition,
) -> Step {
    let page = &document.pdf.pages()[number - 1];
    let checked = document.check_spent(limits).and_then(|()| check_contents(page, limits));
    if let Err(excess) = checked {
        return Step::LeftOut(excess);
    }
    let mut content = read_page(page, document, fonts, limits);
    if spec.checkboxes {
        note_boxes(&mut content, &tick_fields(page));
    }
    if spec.word_details.links {
        content.links = links(page);
    }
    read_pdf_page(document, page, content, (spec, limits), recognition)
}

fn parse_images(
    mut file: ImageFile,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let spec = ParseSpec { bibliography: false, ..request.spec.clone() };
    let request = &ParseRequest { spec: &spec, ..*request };
    let selected = selected_pages(request.spec, file.page_count())?;
    let mut reading = Reading::new(file.page_count(), selected.len());
    let recognition = &Recognition::default();
    read_pages(&mut reading, &selected, request, progress, recognition, &mut |number| {
        let source = Source::Picture { keep_text: false };
        let page = |(width, height)| PageContent { width, height, ..PageContent::default() };
        if recognition.is_over() {
            return Some(unrecognised(source, page(A4_POINTS)));
        }
        let raster = match file.page(number - 1) {
            Ok(raster) => raster?,
            Err(excess) => return Some(Step::LeftOut(excess)),
        };
        let content = page(raster.size_points());
        if raster.is_blank() {
            return Some(Step::nothing(content));
        }
        let (asked, picture) = Asked::of_image(raster, spec.checkboxes);
        Some(Step::Asks(Box::new(Question {
            source,
            content,
            asked,
            picture: Some(picture),
            alone: true,
        })))
    })?;
    reading.finish(request, &[])
}

fn parse_office(
    document: Vec<u8>,
    format: OfficeFormat,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let ParseRequest { password, imagined_places, limits, .. } = *request;
        office::read(document, format, password, imagined_places, limits)
    }));
    let read = outcome.unwrap_or(Err(Error::UnreadableFile(Damage::Corrupt)))?;
    let selected = selected_pages(request.spec, read.page_count)?;
    let mut reading = Reading::new(read.page_count, selected.len());
    reading.progress.pages_done = selected.len();
    reading.tables_go_on = false;
    progress(reading.progress);
    let parts: Vec<Part> =
        read.parts.into_iter().filter(|part| selected.contains(&part.page)).collect();
    let parts = match request.spec.table_rows_max {
        Some(rows) => cut_long_tables(parts, rows as usize),
        None => parts,
    };
    for (page, excess) in read.left_out.iter().filter(|(page, _)| selected.contains(page)) {
        reading.leave_out(*page, *excess, request.spec.error_handling)?;
    }
    if parts.is_empty() {
        reading.warn(selected[0], WarningCode::BlankPage, "The document shows nothing");
    }
    let mut spec = request.spec.clone();
    spec.output_fields.bbox &= request.imagined_places;
    spec.output_fields.ocr &= request.imagined_places;
    spec.bibliography = false;
    Ok(reading.assemble(parts, &spec, request.namespace))
}

/// Reads the selected pages one after the other, given by their number from 1. Where several
/// pictures are read at the same time, as many pages are drawn before their texts are asked for.
fn read_pages(
    reading: &mut Reading,
    selected: &[usize],
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
    recognition: &Recognition,
    read: &mut dyn FnMut(usize) -> Option<Step>,
) -> Result<(), Error> {
    progress(reading.progress);
    let together = request.models.parallel().max(1);
    for pages in selected.chunks(together) {
        let mut steps = Vec::with_capacity(pages.len());
        for page in pages {
            let step = catch_unwind(AssertUnwindSafe(|| read(*page)));
            steps.push(step.ok().flatten());
            if together > 1 {
                // Each page that is read takes its own time.
                progress(reading.progress);
            }
        }
        for (page, read) in pages.iter().zip(answered(steps, request.models)) {
            let handling = request.spec.error_handling;
            match catch_unwind(AssertUnwindSafe(|| read.map(Answered::finish))) {
                Ok(Some(Err(excess))) => {
                    reading.leave_out(*page, excess, handling)?;
                    reading.progress.pages_done += 1;
                }
                Ok(Some(Ok(read))) => {
                    recognition.note(&read);
                    reading.take(*page, Some(read), handling)?;
                }
                Ok(None) | Err(_) => reading.take(*page, None, handling)?,
            }
            progress(reading.progress);
        }
    }
    Ok(())
}

fn selected_pages(spec: &ParseSpec, page_count: usize) -> Result<Vec<usize>, Error> {
    let wanted = |page: &usize| spec.page_range.as_ref().is_none_or(|range| range.contains(*page));
    let selected: Vec<usize> = (1..=page_count).filter(wanted).collect();
    if selected.is_empty() { Err(Error::PageRangeEmpty { page_count }) } else { Ok(selected) }
}
