//! Pages on their way: read at once, or waiting for the text of their picture.

use docket_contract::ParseSpec;
use hayro_syntax::page::Page;

use super::guard::page_intake;
use super::recognition::Recognition;
use crate::analyse::PageLayout;
use crate::analyse::layout::lay_out;
use crate::error::OcrFault;
use crate::error::PictureFault;
use crate::limits::{Excess, Limit, Limits};
use crate::model::{PageContent, PageIntake, Raster, Rect};
use crate::recognise::doubt::agrees;
use crate::recognise::models::RecognisedText;
use crate::recognise::ocr::Asked;
use crate::recognise::picture::checkboxes;
use crate::recognise::pictures::{candidates, hide_known_text, shows_text};
use crate::recognise::scan::{Source, is_scan, many_unmapped, source};
use crate::recognise::trial::{Sureness, Trial};
use crate::source::pdf::{Document, note_found_boxes};
use crate::source::raster::{draw_page, draw_parts};

/// Resolution at which pages of PDFs are drawn for OCR: what recognisers are made for.
const OCR_DPI: f32 = 300.0;
/// The same for checkboxes on a page whose text is known.
const BOXES_DPI: f32 = 200.0;
/// The same to see whether pictures beside text show text.
const LOOK_DPI: f32 = 150.0;
/// Pixels of the pictures, and operators, of a page that is drawn for its pictures alone. A page of A4
/// at 600 dots per inch has 35 million pixels.
const LOOK_PIXELS_MAX: u64 = 80_000_000;
const LOOK_OPERATORS_MAX: u64 = 300_000;
/// Curves and slanted lines up to which a page is drawn for its pictures alone: maps have more.
const STROKES_MAX: usize = 30_000;
/// A doubtful text layer is replaced by words that are this sure, if they have this share of its
/// characters.
const REPLACING_CONFIDENCE: f32 = 0.7;
const REPLACING_SHARE: f32 = 0.4;
/// Words less sure than this do not complete a text layer of which many characters are unknown.
const COMPLETING_CONFIDENCE: f32 = 0.5;

/// A page's content and layout, and how they were come by.
pub(super) struct PageRead {
    pub(super) source: Source,
    pub(super) content: PageContent,
    /// Why its picture was not recognised, if that was needed.
    pub(super) fault: Option<PictureFault>,
    /// Its pictures that may show text and were not recognised, because there are too many.
    pub(super) pictures_unread: usize,
    /// Its pictures beside text of which the words were too uncertain.
    pub(super) pictures_unsure: usize,
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

    /// A page whose text layer says everything.
    fn of_text_layer(content: PageContent) -> Self {
        Self::Read(Box::new(PageRead::new(Source::TextLayer, content, None)))
    }
}

/// What the pictures of a question are on their page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The page is nothing but its picture.
    Alone,
    /// The page as it is drawn.
    Page,
    /// Parts of a page that has text of its own.
    Parts,
}

/// A page with pictures that have to be recognised.
pub(super) struct Question {
    pub(super) source: Source,
    pub(super) content: PageContent,
    pub(super) trials: Vec<Trial>,
    pub(super) shown: Shown,
    pub(super) pictures_unread: usize,
}

/// A page whose pictures were recognised, if it has any.
pub(super) enum Answered {
    Read(Box<PageRead>),
    Recognised(Box<Question>),
    LeftOut(Excess),
}

impl Answered {
    /// What the page shows after all.
    ///
    /// # Errors
    /// If the page is beyond a limit.
    pub(super) fn finish(self) -> Result<PageRead, Excess> {
        let question = match self {
            Self::Read(read) => return Ok(*read),
            Self::LeftOut(excess) => return Err(excess),
            Self::Recognised(question) => *question,
        };
        let Question { source, mut content, trials, shown, pictures_unread } = question;
        let (mut fault, mut pictures_unsure) = (None, 0);
        for (asked, text) in trials.into_iter().map(Trial::outcome) {
            match text {
                Err(failed) => fault = Some(PictureFault::from(failed)),
                Ok(text) if shown == Shown::Alone => content = asked.page(text),
                Ok(text) if shown == Shown::Parts => {
                    let sureness = Sureness::of(&text).mean;
                    let taken = asked.complete_part(&mut content, text, sureness);
                    pictures_unsure += usize::from(!taken);
                }
                Ok(text) => fault = take_page(&asked, text, &mut content, source),
            }
        }
        let read = PageRead::new(source, content, fault);
        Ok(PageRead { pictures_unread, pictures_unsure, ..read })
    }
}

/// Takes what was recognised on the drawing of a page, as far as it is better than its text layer.
fn take_page(
    asked: &Asked,
    text: RecognisedText,
    content: &mut PageContent,
    source: Source,
) -> Option<PictureFault> {
    let layer = content.glyphs.iter().filter(|glyph| glyph.character != ' ').count();
    let sureness = Sureness::of(&text);
    let unfit = Some(OcrFault::Unfit.into());
    match source {
        Source::Doubtful => {
            if agrees(content, &text) {
                return None;
            }
            let replaces = sureness.mean >= REPLACING_CONFIDENCE
                && sureness.characters as f32 >= REPLACING_SHARE * layer as f32;
            if !replaces {
                return unfit;
            }
            asked.complete(content, text, false);
        }
        _ => {
            if many_unmapped(content) && layer > 0 && sureness.mean < COMPLETING_CONFIDENCE {
                return unfit;
            }
            let keep_text = source == Source::Picture { keep_text: true };
            asked.complete(content, text, keep_text);
        }
    }
    None
}

impl PageRead {
    fn new(source: Source, content: PageContent, fault: Option<PictureFault>) -> Self {
        let intake = page_intake(&content);
        let layout = lay_out(&content);
        Self { source, content, fault, pictures_unread: 0, pictures_unsure: 0, layout, intake }
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
    if source == Source::Nothing {
        return Step::nothing(content);
    }
    if source == Source::TextLayer {
        if spec.checkboxes && is_scan(&content) {
            // The text was recognised before, the boxes were not.
            let drawn = draw_page(page, BOXES_DPI, document, limits).ok().flatten();
            let boxes = drawn.map(|raster| checkboxes(&raster)).unwrap_or_default();
            note_found_boxes(&mut content, &boxes);
        }
        return with_pictures(document, page, content, (spec, limits), recognition);
    }
    if recognition.is_over() {
        return unrecognised(source, content);
    }
    let fault = match drawn(document, page, &content, limits) {
        Ok(Some(raster)) => {
            let place = ((content.width, content.height), (0.0, 0.0));
            let trials = vec![Trial::new(Asked::of_page(raster, place, spec.checkboxes))];
            let shown = Shown::Page;
            let question = Question { source, content, trials, shown, pictures_unread: 0 };
            return Step::Asks(Box::new(question));
        }
        Ok(None) => OcrFault::Failed.into(),
        Err(fault) => fault,
    };
    Step::Read(Box::new(PageRead::new(source, content, Some(fault))))
}

/// Looks for text in the pictures of a page that has text of its own.
fn with_pictures<'a>(
    document: &Document,
    page: &'a Page<'a>,
    content: PageContent,
    (spec, limits): (&ParseSpec, &Limits),
    recognition: &Recognition,
) -> Step {
    let source = Source::TextLayer;
    let mut parts = candidates(&content);
    if parts.is_empty() || content.truncated || !content.left_out.is_empty() {
        return Step::of_text_layer(content);
    }
    if content.strokes > STROKES_MAX {
        let read = PageRead::new(source, content, None);
        return Step::Read(Box::new(PageRead { pictures_unread: parts.len(), ..read }));
    }
    // The page has its text: less is spent on its pictures than on those of a scan.
    let limits = &Limits {
        page_pixels: limits.page_pixels.min(LOOK_PIXELS_MAX),
        page_operators: limits.page_operators.min(LOOK_OPERATORS_MAX),
        ..limits.clone()
    };
    let drawn = |parts: &[Rect], dpi| -> Result<Vec<Option<Raster>>, Excess> {
        check_paintings(&content, limits)?;
        recognition.page_drawn();
        let mut drawn = draw_parts(page, (parts, dpi), document, limits)?;
        for (raster, part) in drawn.iter_mut().zip(parts) {
            raster.iter_mut().for_each(|raster| hide_known_text(raster, part, &content));
        }
        Ok(drawn)
    };
    let looked_at = drawn(&parts, LOOK_DPI).and_then(|looked_at| {
        let mut shown = looked_at.iter().map(|raster| raster.as_ref().is_some_and(shows_text));
        parts.retain(|_| shown.next().unwrap_or(false));
        let taken = recognition.take_parts(parts.len());
        let pictures_unread = parts.len() - taken;
        parts.truncate(taken);
        if parts.is_empty() || recognition.is_over() {
            return Ok((Vec::new(), pictures_unread));
        }
        Ok((drawn(&parts, OCR_DPI)?, pictures_unread))
    });
    let (rasters, pictures_unread) = match looked_at {
        Ok(looked_at) => looked_at,
        Err(excess) => {
            return Step::Read(Box::new(PageRead::new(source, content, Some(excess.into()))));
        }
    };
    if rasters.is_empty() {
        let fault = (!parts.is_empty()).then(|| OcrFault::DocumentTooSlow.into());
        let read = PageRead::new(source, content, fault);
        return Step::Read(Box::new(PageRead { pictures_unread, ..read }));
    }
    let size = (content.width, content.height);
    let asked = rasters.into_iter().zip(&parts).filter_map(|(raster, part)| {
        Some(Trial::of_part(Asked::of_page(raster?, (size, (part.x0, part.y0)), spec.checkboxes)))
    });
    let trials = asked.collect();
    Step::Asks(Box::new(Question { source, content, trials, shown: Shown::Parts, pictures_unread }))
}

/// # Errors
/// If the page is painted over too often.
fn check_paintings(content: &PageContent, limits: &Limits) -> Result<(), Excess> {
    let page_area = f64::from(content.width) * f64::from(content.height);
    limits.check(Limit::PagePaintings, (content.painted / page_area.max(1.0)) as u64)
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
    check_paintings(content, limits)?;
    Ok(draw_page(page, OCR_DPI, document, limits)?)
}
