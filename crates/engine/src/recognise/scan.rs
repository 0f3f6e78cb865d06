//! Tells what has to be done to read a page of a PDF: whether its text layer is the text.

use docket_contract::spec::OcrMode;

use super::doubt::is_doubtful;
use crate::model::{PageContent, Rect};

/// How a page is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Its text layer says everything.
    TextLayer,
    /// It has to be recognised; the text layer stays, or is replaced.
    Picture {
        /// The layer's text is right, but not all of the page's text.
        keep_text: bool,
    },
    /// Its text layer may be no text: it is compared with what is recognised.
    Doubtful,
    /// It shows nothing.
    Nothing,
}

/// More drawn curves than this on a page without text are letters or drawings.
const STROKES_OF_A_DRAWING: usize = 200;
/// Unmapped glyphs count from this number and share of a page's glyphs.
const UNMAPPED_MIN: usize = 20;
const UNMAPPED_SHARE: usize = 10;
/// On a page of few glyphs, they count from this number and share.
const UNMAPPED_FEW_MIN: usize = 6;
const UNMAPPED_FEW_SHARE: usize = 3;
/// A picture over this share of the page is a scan of it ...
const SCAN_COVER: f32 = 0.85;
/// ... if no more text than this was written over it: a stamp, a number, a line of the fax.
const STAMP_GLYPHS_MAX: usize = 160;

/// Decides for a page.
pub(crate) fn source(content: &PageContent, mode: OcrMode) -> Source {
    let glyphs = content.glyphs.iter().filter(|glyph| glyph.character != ' ').count();
    let shows_something = shows_picture(content)
        || content.glyphs_unmapped > 0
        || content.strokes > STROKES_OF_A_DRAWING;
    if glyphs == 0 {
        return if shows_something {
            Source::Picture { keep_text: false }
        } else {
            Source::Nothing
        };
    }
    if mode == OcrMode::Force {
        return Source::Picture { keep_text: false };
    }
    if many_unmapped(content) {
        return Source::Picture { keep_text: content.glyphs_unmapped < glyphs };
    }
    // Text that was written invisibly over a scan is the text that was recognised on it before.
    let stamped = glyphs <= STAMP_GLYPHS_MAX && content.glyphs_invisible == 0;
    if stamped && is_scan(content) {
        Source::Picture { keep_text: true }
    } else if is_doubtful(content) {
        Source::Doubtful
    } else {
        Source::TextLayer
    }
}

/// So many glyphs have no known character that the text layer cannot be trusted alone.
pub(crate) fn many_unmapped(content: &PageContent) -> bool {
    let (unmapped, glyphs) = (content.glyphs_unmapped, content.glyphs.len());
    (unmapped >= UNMAPPED_MIN && unmapped * UNMAPPED_SHARE > glyphs)
        || (unmapped >= UNMAPPED_FEW_MIN && unmapped * UNMAPPED_FEW_SHARE > glyphs)
}

fn page_rect(content: &PageContent) -> Rect {
    Rect { x0: 0.0, y0: 0.0, x1: content.width, y1: content.height }
}

fn shows_picture(content: &PageContent) -> bool {
    let seen = page_rect(content);
    content.pictures.iter().any(|rect| rect.intersection(&seen).area() > 16.0)
}

/// Pictures, which may be strips of one, cover the page.
pub(crate) fn is_scan(content: &PageContent) -> bool {
    let page = page_rect(content);
    let whole = content.pictures.iter().fold(Rect::NOTHING, |whole, rect| whole.union(rect));
    let covered: f32 = content.pictures.iter().map(|rect| rect.intersection(&page).area()).sum();
    let least = SCAN_COVER * page.area();
    covered >= least && whole.is_finite() && whole.intersection(&page).area() >= least
}
