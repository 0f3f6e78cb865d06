//! Parsing: reads the selected pages one by one, lays them out, and assembles the result.

use std::panic::{AssertUnwindSafe, catch_unwind};

use docket_contract::spec::{ErrorHandling, Layout, OcrMode};
use docket_contract::{ParseResult, ParseSpec, SegmentType, Warning, WarningCode};
use uuid::Uuid;

use crate::error::{Error, PageFault};
use crate::geometry::Rect;
use crate::layout::{PageLayout, lay_out};
use crate::pdf::{FontStore, PageContent, open, read_page};
use crate::render::{Renderer, gather};
use crate::segment::{Part, classify};

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
}

/// More drawn curves than this on a page without text are letters or drawings.
const STROKES_OF_A_DRAWING: usize = 200;
/// Unmapped glyphs are worth a warning from this number and share of a page's glyphs.
const UNMAPPED_MIN: usize = 20;
const UNMAPPED_SHARE: usize = 10;

/// Parses a document. `progress` is called before the first page and after every page.
///
/// # Errors
/// If nothing useful can come out of the document; see [`Error`].
pub fn parse(
    document: Vec<u8>,
    request: &ParseRequest<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ParseResult, Error> {
    let document = open(document, request.password)?;
    let page_count = document.pdf.pages().len();
    let selected = selected_pages(request.spec, page_count)?;
    let fonts = FontStore::new();
    let mut reading = Reading::new(request.spec, page_count, selected.len());
    progress(reading.progress);
    for page in &selected {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let content = read_page(&document.pdf.pages()[*page - 1], &document, &fonts);
            let layout = lay_out(&content);
            (content, layout)
        }));
        reading.take(*page, read.ok(), request.spec.error_handling)?;
        progress(reading.progress);
    }
    reading.finish(request)
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
}

impl Reading {
    fn new(spec: &ParseSpec, page_count: usize, pages_selected: usize) -> Self {
        let mut warnings = Vec::new();
        if spec.ocr_mode == OcrMode::Force {
            warnings.push(Warning {
                code: WarningCode::OptionUnsupported,
                message:
                    "OCR was asked for, which this version does not have: the text layer was used"
                        .to_owned(),
                page: None,
            });
        }
        Self {
            progress: Progress { pages_done: 0, pages_failed: 0, pages_selected, page_count },
            pages: Vec::new(),
            warnings,
            failed_pages: Vec::new(),
            pages_with_text: 0,
            pages_without_text: 0,
        }
    }

    fn take(
        &mut self,
        page: usize,
        read: Option<(PageContent, PageLayout)>,
        handling: ErrorHandling,
    ) -> Result<(), Error> {
        let fault = match read {
            None => {
                self.warn(page, WarningCode::PageUnreadable, "The page could not be read");
                Some(PageFault::Damaged)
            }
            Some((content, layout)) => {
                let fault = self.judge(page, &content);
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
    fn judge(&mut self, page: usize, content: &PageContent) -> Option<PageFault> {
        if content.truncated {
            let message = "The page holds more than the limits allow: part of it was left out";
            self.warn(page, WarningCode::ContentTruncated, message);
        }
        let unmapped = content.glyphs_unmapped;
        if unmapped >= UNMAPPED_MIN && unmapped * UNMAPPED_SHARE > content.glyphs.len() {
            let message = format!("{unmapped} glyphs of the page have no known character");
            self.warn(page, WarningCode::UnmappedGlyphs, &message);
        }
        if content.glyphs.iter().any(|glyph| glyph.character != ' ') {
            self.pages_with_text += 1;
            return None;
        }
        let seen = Rect { x0: 0.0, y0: 0.0, x1: content.width, y1: content.height };
        let shows_picture =
            content.pictures.iter().any(|rect| rect.intersection(&seen).area() > 16.0);
        if shows_picture || unmapped > 0 || content.strokes > STROKES_OF_A_DRAWING {
            self.pages_without_text += 1;
            let message =
                "The page has no text layer: it needs OCR, which this version does not have";
            self.warn(page, WarningCode::NoTextLayer, message);
            return Some(PageFault::NoTextLayer);
        }
        self.warn(page, WarningCode::BlankPage, "The page shows nothing");
        None
    }

    fn warn(&mut self, page: usize, code: WarningCode, message: &str) {
        self.warnings.push(Warning { code, message: message.to_owned(), page: Some(page) });
    }

    fn finish(self, request: &ParseRequest<'_>) -> Result<ParseResult, Error> {
        if self.pages_with_text == 0 && self.pages_without_text > 0 {
            return Err(Error::NoText { pages_without_text: self.pages_without_text });
        }
        if self.failed_pages.len() == self.progress.pages_selected {
            return Err(Error::Unreadable(crate::error::Damage::Corrupt));
        }
        let spec = request.spec;
        let parts = classify(self.pages);
        let fields = spec.output_fields;
        let mut renderer =
            Renderer::new(&parts, request.namespace, spec.segment_type_naming, fields);
        let keep = |kind: SegmentType| {
            spec.keep_segment_types.as_ref().is_none_or(|kinds| kinds.contains(&kind))
        };
        let segments: Vec<_> = match spec.layout {
            Layout::Smart => {
                let kept = parts.iter().filter(|part| keep(part.kind));
                kept.map(|part| renderer.render(part)).collect()
            }
            Layout::PageByPage if keep(SegmentType::Page) => {
                let pages = parts.chunk_by(|a: &Part, b: &Part| a.page == b.page);
                pages.filter_map(|page| renderer.render_page(page)).collect()
            }
            Layout::PageByPage => Vec::new(),
        };
        let chunks = gather(segments, spec.chunking, fields.embed, request.namespace);
        Ok(ParseResult {
            total_chunks: chunks.len(),
            page_count: self.progress.page_count,
            chunks,
            warnings: self.warnings,
            failed_pages: self.failed_pages,
        })
    }
}
