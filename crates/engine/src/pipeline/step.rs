//! Pages on their way: read at once, or waiting for the text of their picture.

use std::sync::atomic::{AtomicBool, Ordering};

use docket_contract::ParseSpec;
use hayro_syntax::page::Page;

use super::guard::page_intake;
use crate::analyse::PageLayout;
use crate::analyse::layout::lay_out;
use crate::error::OcrFault;
use crate::error::PictureFault;
use crate::limits::{Excess, Limit, Limits};
use crate::model::{PageContent, PageIntake, Raster};
use crate::recognise::models::{Models, Picture, RecognisedText};
use crate::recognise::ocr::Asked;
use crate::recognise::picture::checkboxes;
use crate::recognise::scan::{Source, is_scan, source};
use crate::source::pdf::{Document, note_found_boxes};
use crate::source::raster::draw_page;

/// Resolution at which pages of PDFs are drawn for OCR: what recognisers are made for.
const OCR_DPI: f32 = 300.0;
/// The same for checkboxes on a page whose text is known.
const BOXES_DPI: f32 = 200.0;

/// A page's content and layout, and how they were come by.
pub(super) struct PageRead {
    pub(super) source: Source,
    pub(super) content: PageContent,
    /// Why its picture was not recognised, if that was needed.
    pub(super) fault: Option<PictureFault>,
    pub(super) layout: PageLayout,
    /// What it holds.
    pub(super) intake: PageIntake,
}

/// How far a page is.
pub(super) enum Step {
    Read(Box<PageRead>),
    Asks(Box<Question>),
    /// The page is beyond a limit.
    LeftOut(Excess),
}

impl Step {
    /// A page that shows nothing.
    pub(super) fn nothing(content: PageContent) -> Self {
        Self::Read(Box::new(PageRead::new(Source::Nothing, content, None)))
    }
}

/// A page whose picture has to be recognised.
pub(super) struct Question {
    pub(super) source: Source,
    pub(super) content: PageContent,
    pub(super) asked: Asked,
    /// Until it is asked about.
    pub(super) picture: Option<Picture>,
    /// The page is nothing but its picture.
    pub(super) alone: bool,
}

/// A page whose picture was recognised, if it has one.
pub(super) enum Answered {
    Read(Box<PageRead>),
    Recognised(Box<Question>, Result<RecognisedText, OcrFault>),
    LeftOut(Excess),
}

/// Asks about all pictures at once.
pub(super) fn answered(steps: Vec<Option<Step>>, models: &dyn Models) -> Vec<Option<Answered>> {
    let mut pictures = Vec::new();
    let mut open: Vec<Option<Step>> = steps;
    for step in &mut open {
        if let Some(Step::Asks(question)) = step {
            pictures.extend(question.picture.take());
        }
    }
    let texts = if pictures.is_empty() { Vec::new() } else { models.read_texts(pictures) };
    let mut texts = texts.into_iter();
    let mut answer = |step| match step {
        Step::Read(read) => Answered::Read(read),
        Step::LeftOut(excess) => Answered::LeftOut(excess),
        Step::Asks(question) => {
            Answered::Recognised(question, texts.next().unwrap_or(Err(OcrFault::Failed)))
        }
    };
    open.into_iter().map(|step| step.map(&mut answer)).collect()
}

impl Answered {
    /// What the page shows after all.
    ///
    /// # Errors
    /// If the page is beyond a limit.
    pub(super) fn finish(self) -> Result<PageRead, Excess> {
        let (question, text) = match self {
            Self::Read(read) => return Ok(*read),
            Self::LeftOut(excess) => return Err(excess),
            Self::Recognised(question, text) => (*question, text),
        };
        let Question { source, mut content, asked, alone, .. } = question;
        let keep_text = source == Source::Picture { keep_text: true };
        let fault = match text {
            Ok(text) if alone => {
                content = asked.page(text);
                None
            }
            Ok(text) => {
                asked.complete(&mut content, text, keep_text);
                None
            }
            Err(fault) => Some(PictureFault::from(fault)),
        };
        Ok(PageRead::new(source, content, fault))
    }
}

impl PageRead {
    fn new(source: Source, content: PageContent, fault: Option<PictureFault>) -> Self {
        let intake = page_intake(&content);
        let layout = lay_out(&content);
        Self { source, content, fault, layout, intake }
    }
}

/// Whether the document may still have pages recognised. Pages that are read ahead by other threads
/// are not drawn for nothing.
#[derive(Debug, Default)]
pub(super) struct Recognition {
    is_over: AtomicBool,
}

impl Recognition {
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Notes how the recognition of a page went.
    pub(super) fn note(&self, read: &PageRead) {
        if read.fault == Some(OcrFault::DocumentTooSlow.into()) {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }
}

/// A page whose picture is not even drawn, because the time for recognition is over.
pub(super) fn unrecognised(source: Source, content: PageContent) -> Step {
    Step::Read(Box::new(PageRead::new(source, content, Some(OcrFault::DocumentTooSlow.into()))))
}

/// Looks what has to be done to read a page of a PDF.
pub(super) fn read_pdf_page<'a>(
    document: &Document,
    page: &'a Page<'a>,
    mut content: PageContent,
    (spec, limits): (&ParseSpec, &Limits),
    recognition: &Recognition,
) -> Step {
    let source = source(&content, spec.ocr_mode);
    if !matches!(source, Source::Picture { .. }) {
        if spec.checkboxes && is_scan(&content) {
            // The text was recognised before, the boxes were not.
            let drawn = draw_page(page, BOXES_DPI, document, limits).ok().flatten();
            let boxes = drawn.map(|raster| checkboxes(&raster)).unwrap_or_default();
            note_found_boxes(&mut content, &boxes);
        }
        return Step::Read(Box::new(PageRead::new(source, content, None)));
    }
    if recognition.is_over() {
        return unrecognised(source, content);
    }
    let fault = match drawn(document, page, &content, limits) {
        Ok(Some(raster)) => {
            let size = (content.width, content.height);
            let (asked, picture) = Asked::of_page(raster, size, spec.checkboxes);
            let picture = Some(picture);
            return Step::Asks(Box::new(Question {
                source,
                content,
                asked,
                picture,
                alone: false,
            }));
        }
        Ok(None) => OcrFault::Failed.into(),
        Err(fault) => fault,
    };
    Step::Read(Box::new(PageRead::new(source, content, Some(fault))))
}

/// The picture of a page.
///
/// # Errors
/// If drawing it would be beyond a limit.
fn drawn<'a>(
    document: &Document,
    page: &'a Page<'a>,
    content: &PageContent,
    limits: &Limits,
) -> Result<Option<Raster>, PictureFault> {
    // What could not be read to its end would not be drawn to its end either.
    match content.left_out.first() {
        Some(left_out) => return Err((*left_out).into()),
        None if content.truncated => return Ok(None),
        None => {}
    }
    let page_area = f64::from(content.width) * f64::from(content.height);
    let paintings = (content.painted / page_area.max(1.0)) as u64;
    limits.check(Limit::PagePaintings, paintings)?;
    Ok(draw_page(page, OCR_DPI, document, limits)?)
}
