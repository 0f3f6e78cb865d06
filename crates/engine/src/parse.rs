//! Parsing: reads the selected pages one by one, lays them out, and assembles the result.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::spec::{ErrorHandling, ExportFormat, Layout};
use docket_contract::{ParseResult, ParseSpec, SegmentType, Warning, WarningCode};
use hayro_syntax::page::Page;
use uuid::Uuid;

use crate::error::{Damage, Error, PageFault};
use crate::export::export;
use crate::kind::{Kind, kind};
use crate::layout::{PageLayout, lay_out};
use crate::models::{Models, NoModels, OcrFault};
use crate::ocr::{complete, read_picture};
use crate::office::{self, OfficeFormat};
use crate::pdf::{FontStore, Link, PageContent, links, note_boxes, open, read_page, tick_fields};
use crate::raster::{ImageFile, draw_page};
use crate::render::{Renderer, gather};
use crate::scan::{Source, many_unmapped, source};
use crate::segment::{Part, classify, merge_tables};

/// How far a parse is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Selected pages that were read, failed ones included.
    pub pages_done: usize,
    /// Selected pages that could not be read.
    pub pages_failed: usize,
    /// Pages that the request selects.
    pub pages_selected: usize,
    /// Pages of the whole document.
    pub page_count: usize,
}

/// What to make of a document.
#[derive(Clone, Copy, Debug)]
pub struct ParseRequest<'a> {
    /// The client's options.
    pub spec: &'a ParseSpec,
    /// Opens the document if the empty password does not.
    pub password: Option<&'a str>,
    /// Names chunks and segments: their ids are version 5 UUIDs of it and their place.
    pub namespace: Uuid,
    /// Recognisers for pages without text.
    pub models: &'a dyn Models,
    /// What the document's sender calls it, for kinds that bytes do not tell.
    pub media_type: Option<&'a str>,
    /// Documents that say nothing of places get some all the same, as a typewriter would set them:
    /// for what finds things by their places, never for a client.
    pub imagined_places: bool,
}

impl<'a> ParseRequest<'a> {
    /// Without a password and without recognisers.
    #[must_use]
    pub fn new(spec: &'a ParseSpec, namespace: Uuid) -> Self {
        Self {
            spec,
            password: None,
            namespace,
            models: &NoModels,
            media_type: None,
            imagined_places: false,
        }
    }
}

/// Resolution at which pages of PDFs are drawn for OCR: what recognisers are made for.
const OCR_DPI: f32 = 300.0;

/// What a parse makes.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The document.
    pub result: ParseResult,
    /// The files that the spec asks for beside it, under their ids.
    pub files: Vec<(Uuid, Vec<u8>)>,
}

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
            parse_images(ImageFile::new(document, format)?, request, progress)
        }
        Some(Kind::Pdf) | None => parse_pdf(document, request, progress),
    }
}

fn parse_pdf(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let document = open(document, request.password)?;
    let fonts = FontStore::new();
    let page_count = document.pdf.pages().len();
    read_pages(page_count, request, progress, &mut |index| {
        let page = &document.pdf.pages()[index];
        let mut content = read_page(page, &document, &fonts);
        if request.spec.checkboxes {
            note_boxes(&mut content, &tick_fields(page));
        }
        if request.spec.word_details.links {
            content.links = links(page);
        }
        Some(read_pdf_page(page, content, request))
    })
}

fn parse_images(
    mut file: ImageFile,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let spec = ParseSpec { bibliography: false, ..request.spec.clone() };
    let request = &ParseRequest { spec: &spec, ..*request };
    read_pages(file.page_count(), request, progress, &mut |index| {
        let raster = file.page(index)?;
        let (width, height) = raster.size_points();
        let (content, fault) = match read_picture(raster, request.models) {
            Ok(content) => (content, None),
            Err(fault) => (PageContent { width, height, ..PageContent::default() }, Some(fault)),
        };
        Some(PageRead { source: Source::Picture { keep_text: false }, content, fault })
    })
}

fn parse_office(
    document: Vec<u8>,
    format: OfficeFormat,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Parsed, Error> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        office::read(document, format, request.password, request.imagined_places)
    }));
    let read = outcome.unwrap_or(Err(Error::UnreadableFile(Damage::Corrupt)))?;
    let selected = selected_pages(request.spec, read.page_count)?;
    let mut reading = Reading::new(read.page_count, selected.len());
    reading.progress.pages_done = selected.len();
    progress(reading.progress);
    let parts: Vec<Part> =
        read.parts.into_iter().filter(|part| selected.contains(&part.page)).collect();
    if parts.is_empty() {
        reading.warn(selected[0], WarningCode::BlankPage, "The document shows nothing");
    }
    let mut spec = request.spec.clone();
    spec.output_fields.bbox &= request.imagined_places;
    spec.output_fields.ocr &= request.imagined_places;
    spec.bibliography = false;
    Ok(reading.assemble(parts, &spec, request.namespace))
}

/// Reads the selected pages, given by their index, and assembles the result.
fn read_pages(
    page_count: usize,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
    read: &mut dyn FnMut(usize) -> Option<PageRead>,
) -> Result<Parsed, Error> {
    let selected = selected_pages(request.spec, page_count)?;
    let mut reading = Reading::new(page_count, selected.len());
    progress(reading.progress);
    for page in &selected {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut read = read(*page - 1)?;
            let layout = lay_out(&read.content);
            reading.links.insert(*page, std::mem::take(&mut read.content.links));
            Some((read, layout))
        }));
        reading.take(*page, read.ok().flatten(), request.spec.error_handling)?;
        progress(reading.progress);
    }
    reading.finish(request)
}

/// A page's content, and how it was come by.
struct PageRead {
    source: Source,
    content: PageContent,
    /// Why its picture was not recognised, if that was needed.
    fault: Option<OcrFault>,
}

/// Completes the content of a PDF's page by what its picture shows, where that is needed.
fn read_pdf_page<'a>(
    page: &'a Page<'a>,
    mut content: PageContent,
    request: &ParseRequest<'_>,
) -> PageRead {
    let source = source(&content, request.spec.ocr_mode);
    let Source::Picture { keep_text } = source else {
        return PageRead { source, content, fault: None };
    };
    let fault = match draw_page(page, OCR_DPI) {
        Some(raster) => complete(&mut content, raster, request.models, keep_text).err(),
        None => Some(OcrFault::Failed),
    };
    PageRead { source, content, fault }
}

fn selected_pages(spec: &ParseSpec, page_count: usize) -> Result<Vec<usize>, Error> {
    let wanted = |page: &usize| spec.page_range.as_ref().is_none_or(|range| range.contains(*page));
    let selected: Vec<usize> = (1..=page_count).filter(wanted).collect();
    if selected.is_empty() { Err(Error::PageRangeEmpty { page_count }) } else { Ok(selected) }
}

/// What was read so far.
struct Reading {
    progress: Progress,
    pages: Vec<(usize, PageLayout)>,
    warnings: Vec<Warning>,
    failed_pages: Vec<usize>,
    pages_with_text: usize,
    pages_without_text: usize,
    /// Why the last page was not recognised.
    fault: Option<OcrFault>,
    /// The links of the pages, if they were asked for.
    links: HashMap<usize, Vec<Link>>,
}

impl Reading {
    fn new(page_count: usize, pages_selected: usize) -> Self {
        Self {
            progress: Progress { pages_done: 0, pages_failed: 0, pages_selected, page_count },
            pages: Vec::new(),
            warnings: Vec::new(),
            failed_pages: Vec::new(),
            pages_with_text: 0,
            pages_without_text: 0,
            fault: None,
            links: HashMap::new(),
        }
    }

    fn take(
        &mut self,
        page: usize,
        read: Option<(PageRead, PageLayout)>,
        handling: ErrorHandling,
    ) -> Result<(), Error> {
        let fault = match read {
            None => {
                self.warn(page, WarningCode::PageUnreadable, "The page could not be read");
                Some(PageFault::Damaged)
            }
            Some((read, layout)) => {
                let fault = self.judge(page, &read);
                self.pages.push((page, layout));
                fault
            }
        };
        if let Some(reason) = fault {
            if handling == ErrorHandling::Fail {
                return Err(Error::PageFailed { page, reason });
            }
            self.failed_pages.push(page);
            self.progress.pages_failed += 1;
        }
        self.progress.pages_done += 1;
        Ok(())
    }

    /// Notes what is odd about a page; the answer says why it counts as failed.
    fn judge(&mut self, page: usize, read: &PageRead) -> Option<PageFault> {
        let content = &read.content;
        if content.truncated {
            let message = "The page holds more than the limits allow: part of it was left out";
            self.warn(page, WarningCode::ContentTruncated, message);
        }
        if many_unmapped(content) {
            let unmapped = content.glyphs_unmapped;
            let message = format!("{unmapped} glyphs of the page have no known character");
            self.warn(page, WarningCode::UnmappedGlyphs, &message);
        }
        let has_text = content.glyphs.iter().any(|glyph| glyph.character != ' ');
        self.fault = read.fault.or(self.fault);
        match read.fault {
            Some(fault) if has_text => {
                let message = format!("The page's text layer was used alone: {fault}");
                self.warn(page, WarningCode::OcrNotDone, &message);
            }
            Some(fault) => {
                self.pages_without_text += 1;
                let message = format!("The page has no text layer: {fault}");
                self.warn(page, WarningCode::NoTextLayer, &message);
                return Some(PageFault::NoTextLayer(fault));
            }
            None if has_text => {}
            None if read.source == Source::Nothing => {
                self.warn(page, WarningCode::BlankPage, "The page shows nothing");
            }
            None => self.warn(page, WarningCode::BlankPage, "The page shows no text"),
        }
        self.pages_with_text += usize::from(has_text);
        None
    }

    fn warn(&mut self, page: usize, code: WarningCode, message: &str) {
        self.warnings.push(Warning { code, message: message.to_owned(), page: Some(page) });
    }

    fn finish(mut self, request: &ParseRequest<'_>) -> Result<Parsed, Error> {
        if let Some(fault) = self.fault.filter(|_| self.pages_with_text == 0) {
            return Err(Error::NoText { pages_without_text: self.pages_without_text, fault });
        }
        if self.failed_pages.len() == self.progress.pages_selected {
            return Err(Error::Unreadable(Damage::Corrupt));
        }
        let parts = classify(std::mem::take(&mut self.pages));
        let parts = if request.spec.merge_tables { merge_tables(parts) } else { parts };
        Ok(self.assemble(parts, request.spec, request.namespace))
    }

    fn assemble(self, mut parts: Vec<Part>, spec: &ParseSpec, namespace: Uuid) -> Parsed {
        let mut renderer = Renderer::new(&parts, namespace, spec, &self.links);
        let bibliography = spec.bibliography.then(|| renderer.read_sources(&mut parts));
        let kept = |kind: SegmentType| {
            spec.keep_segment_types.as_ref().is_none_or(|kinds| kinds.contains(&kind))
        };
        let kept_parts: Vec<&Part> = parts.iter().filter(|part| kept(part.kind)).collect();
        let file = |format: &ExportFormat| {
            Some((format.file_id(namespace)?, export(*format, &kept_parts, &renderer)?))
        };
        let files = spec.exports.iter().filter_map(file).collect();
        let segments: Vec<_> = match spec.layout {
            Layout::Smart => kept_parts.into_iter().map(|part| renderer.render(part)).collect(),
            Layout::PageByPage if kept(SegmentType::Page) => {
                let pages = parts.chunk_by(|a: &Part, b: &Part| a.page == b.page);
                pages.filter_map(|page| renderer.render_page(page)).collect()
            }
            Layout::PageByPage => Vec::new(),
        };
        let chunks = gather(segments, spec.chunking, spec.output_fields.embed, namespace);
        let result = ParseResult {
            total_chunks: chunks.len(),
            page_count: self.progress.page_count,
            chunks,
            warnings: self.warnings,
            failed_pages: self.failed_pages,
            bibliography,
        };
        Parsed { result, files }
    }
}
