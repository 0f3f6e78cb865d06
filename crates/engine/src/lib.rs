//! Turns the bytes of a document into a structured document: segments with kinds, text, markdown,
//! html and boxes, gathered into chunks.
//!
//! A pure library: no async, files, network, clock, environment or printing. Damage within a
//! document is a warning; an [`Error`] means that nothing useful came out, and says why.

#![deny(missing_docs)]

mod analyse;
mod error;
mod lexicon;
mod limits;
pub mod model;
mod pipeline;
mod recognise;
mod source;
mod task;
mod write;

pub use error::{Damage, Error, Lock, OcrFault, PageFault, UnknownKind};
pub use limits::{Excess, Limit, Limits};
pub use pipeline::{
    CropRequest, ParseRequest, Parsed, PictureFile, Progress, ReadDocument, chunk, classify, crop,
    extract, parse, parse_with_files, read, split,
};
pub use recognise::hocr::read_hocr;
pub use recognise::models::{
    Arrangement, Models, NoModels, Picture, PixelBox, RecognisedLine, RecognisedText,
    RecognisedWord,
};
pub use source::ahead::worthwhile_threads;
pub use source::kind::DocumentKind;
pub use write::pages_as_pdf;

use source::kind::Kind;
use source::{office, pdf, raster};

/// What a first look at a document tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How many pages it has; `None` where only reading the whole document tells.
    pub page_count: Option<usize>,
    /// It is encrypted, even if the empty password opens it.
    pub encrypted: bool,
    /// What kind it is of.
    pub kind: DocumentKind,
}

/// Opens the document far enough to count its pages. `media_type` is what its sender calls it.
///
/// # Errors
/// If it cannot be opened or is beyond a limit; see [`Error`].
pub fn inspect(
    document: Vec<u8>,
    password: Option<&str>,
    media_type: Option<&str>,
    limits: &Limits,
) -> Result<Inspection, Error> {
    let kind = DocumentKind::of(&document, media_type).unwrap_or(DocumentKind(Kind::Pdf));
    let (page_count, encrypted) = match kind.0 {
        Kind::Image(format) => {
            let file = raster::ImageFile::new(document, format, limits)?;
            (Some(file.page_count()), false)
        }
        Kind::Office(office::OfficeFormat::Eml | office::OfficeFormat::Msg) => {
            let pages_of = |attached: Vec<u8>, media_type: Option<&str>| {
                let inspected = inspect(attached, password, media_type, limits);
                inspected.map_or(Some(0), |inspected| inspected.page_count)
            };
            (pipeline::mail_page_count(&document, &pages_of, limits, 0), false)
        }
        Kind::Office(format) => (office::page_count(&document, format, limits)?, false),
        Kind::Pdf => {
            let document = pdf::open(document, password, limits)?;
            (Some(document.pdf.pages().len()), document.encrypted)
        }
    };
    Ok(Inspection { page_count, encrypted, kind })
}
