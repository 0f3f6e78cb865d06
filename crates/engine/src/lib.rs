//! Turns the bytes of a document into a structured document: segments with kinds, text, markdown,
//! html and boxes, gathered into chunks.
//!
//! A pure library: no async, files, network, clock, environment or printing. Damage within a
//! document is a warning; an [`Error`] means that nothing useful came out, and says why.

#![deny(missing_docs)]

mod ahead;
mod bibliography;
mod chunk;
mod classify;
mod crop;
mod error;
mod export;
mod extract;
mod geometry;
mod kind;
mod layout;
mod limits;
mod models;
mod ocr;
mod office;
mod parse;
mod pdf;
mod raster;
mod reading_order;
mod render;
mod scan;
mod segment;
mod split;
mod table;

pub use ahead::worthwhile_threads;
pub use chunk::chunk;
pub use classify::classify;
pub use crop::{CropRequest, PictureFile, crop};
pub use error::{Damage, Error, Lock, PageFault, UnknownKind};
pub use extract::extract;
pub use kind::DocumentKind;
use kind::Kind;
pub use limits::{Excess, Limit, Limits};
pub use models::{Arrangement, Models, NoModels, OcrFault, Picture};
pub use parse::{ParseRequest, Parsed, Progress, parse, parse_with_files};
pub use split::{pages_as_pdf, split};

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
        Kind::Office(format) => (office::page_count(&document, format, limits)?, false),
        Kind::Pdf => {
            let document = pdf::open(document, password, limits)?;
            (Some(document.pdf.pages().len()), document.encrypted)
        }
    };
    Ok(Inspection { page_count, encrypted, kind })
}
