//! Reads documents of each kind, page by page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::format::Format;
use docket_contract::{ParseSpec, WarningCode};

use super::asking::answered;
use super::reading::Reading;
use super::recognition::Recognition;
use super::request::{ParseRequest, Progress, ReadDocument};
use super::step::{Answered, Question, Shown, Step, read_pdf_page, unrecognised};
use crate::analyse::long_tables::cut_long_tables;
use crate::error::{Damage, Error};
use crate::limits::Limits;
use crate::model::{Document, PageContent, PageIntake};
use crate::recognise::ocr::Asked;
use crate::recognise::scan::Source;
use crate::recognise::trial::Trial;
use crate::source::ahead::with_pages;
use crate::source::office::{self, OfficeDocument, OfficeFormat, Requested};
use crate::source::pdf::{
    Document as PdfDocument, FontStore, check_contents, find_boxes, links, note_boxes, open,
    read_page, values,
};
use crate::source::raster::ImageFile;

/// The size of a page that is not looked at.
const A4_POINTS: (f32, f32) = (595.0, 842.0);

/// Reads a PDF.
pub(super) fn read_pdf(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadDocument, Error> {
    let mut document = open(document, request.password, request.limits)?;
    let outline = document.read_structure(request.limits);
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
    reading.finish(outline, spec.bibliography)
}

/// Reads the page with this number, from 1.
fn pdf_page<'a>(
    document: &'a PdfDocument,
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
    content.checkboxes = find_boxes(&content);
    if spec.checkboxes {
        note_boxes(&mut content);
    }
    content.values = values(page.raw());
    content.links = links(page);
    read_pdf_page(document, page, content, (spec, limits), recognition)
}

/// Reads an image file.
pub(super) fn read_images(
    document: Vec<u8>,
    format: Format,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadDocument, Error> {
    let mut file = ImageFile::new(document, format, request.limits)?;
    let spec = request.spec;
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
        let trials = vec![Trial::new(Asked::of_image(raster, spec.checkboxes))];
        let shown = Shown::Alone;
        let question = Question { source, content, trials, shown, pictures_unread: 0 };
        Some(Step::Asks(Box::new(question)))
    })?;
    reading.finish(Vec::new(), false)
}

/// Reads an Office file, a web page or Markdown.
pub(super) fn read_office(
    document: Vec<u8>,
    format: OfficeFormat,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReadDocument, Error> {
    let ParseRequest { password, limits, spec, .. } = *request;
    let hidden = spec.hidden_parts;
    let requested = Requested {
        struck: spec.strikethrough,
        rows: hidden.rows,
        columns: hidden.columns,
        sheets: hidden.sheets,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        office::read(document, format, (requested, password), limits)
    }));
    let OfficeDocument { mut pages, mut blocks, left_out, intake, damaged } =
        outcome.unwrap_or(Err(Error::UnreadableFile(Damage::Corrupt)))?;
    let page_count = pages.len();
    let selected = selected_pages(spec, page_count)?;
    let mut reading = Reading::new(page_count, selected.len());
    reading.progress.pages_done = selected.len();
    progress(reading.progress);
    pages.retain(|page| selected.contains(&page.number));
    blocks.retain(|block| selected.contains(&block.page));
    reading.intake = intake;
    reading.intake.pages.retain(|page, _| selected.contains(page));
    if let Some(rows) = spec.table_rows_max {
        blocks = cut_long_tables(blocks, rows as usize);
    }
    for (page, excess) in left_out.iter().filter(|(page, _)| selected.contains(page)) {
        reading.leave_out(*page, *excess, spec.error_handling)?;
    }
    if damaged {
        reading.warn_of_file(WarningCode::ContentTruncated, "Part of the file is damaged");
    }
    if blocks.is_empty() {
        // A mail says at least whom it is from.
        let is_mail = matches!(format, OfficeFormat::Eml | OfficeFormat::Msg);
        if damaged || is_mail || reading.intake.holds_something() {
            let damage = if damaged { Damage::Corrupt } else { Damage::NothingRead };
            return Err(Error::UnreadableFile(damage));
        }
    }
    for page in selected {
        let is_blank = blocks.iter().all(|block| block.page != page);
        let held = reading.intake.pages.get(&page).is_some_and(PageIntake::holds_something);
        if is_blank && !held && left_out.iter().all(|(left_out, _)| *left_out != page) {
            reading.warn(page, WarningCode::BlankPage, "The page shows nothing");
        }
    }
    Ok(reading.with(Document { page_count, pages, blocks, ..Document::default() }))
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
        recognition.note_drawn(request.models);
        for (page, read) in pages.iter().zip(answered(steps, request.models, recognition)) {
            let handling = request.spec.error_handling;
            match catch_unwind(AssertUnwindSafe(|| read.map(Answered::finish))) {
                Ok(Some(Err(excess))) => {
                    reading.leave_out(*page, excess, handling)?;
                    reading.progress.pages_done += 1;
                }
                Ok(Some(Ok(read))) => {
                    recognition.note(read.fault);
                    reading.take(*page, Some(read), handling)?;
                }
                Ok(None) | Err(_) => reading.take(*page, None, handling)?,
            }
            progress(reading.progress);
        }
    }
    Ok(())
}

/// The pages that the request selects.
///
/// # Errors
/// If there are none.
pub(super) fn selected_pages(spec: &ParseSpec, page_count: usize) -> Result<Vec<usize>, Error> {
    let wanted = |page: &usize| spec.page_range.as_ref().is_none_or(|range| range.contains(*page));
    let selected: Vec<usize> = (1..=page_count).filter(wanted).collect();
    if selected.is_empty() { Err(Error::PageRangeEmpty { page_count }) } else { Ok(selected) }
}
