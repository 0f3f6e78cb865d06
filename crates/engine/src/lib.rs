//! Turns the bytes of a document into a structured document: segments with kinds, text, markdown,
//! html and boxes, gathered into chunks.
//!
//! A pure library: no async, files, network, clock, environment or printing. Damage within a
//! document is a warning; an [`Error`] means that nothing useful came out, and says why.

#![deny(missing_docs)]

mod chunk;
mod classify;
mod error;
mod extract;
mod geometry;
mod kind;
mod layout;
mod models;
mod ocr;
mod parse;
mod pdf;
mod raster;
mod render;
mod scan;
mod segment;
mod split;
mod table;

pub use chunk::chunk;
pub use classify::classify;
pub use error::{Damage, Error, Lock, PageFault, UnknownKind};
pub use extract::extract;
use kind::Kind;
pub use models::{Arrangement, Models, NoModels, OcrFault, Picture};
pub use parse::{ParseRequest, Progress, parse};
pub use split::{pages_as_pdf, split};

/// What a first look at a document tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How many pages it has.
    pub page_count: usize,
    /// It is encrypted, even if the empty password opens it.
    pub encrypted: bool,
}

/// Opens the document far enough to count its pages.
///
/// # Errors
/// If it cannot be opened; see [`Error`].
pub fn inspect(document: Vec<u8>, password: Option<&str>) -> Result<Inspection, Error> {
    match kind::kind(&document) {
        Some(Kind::Image(format)) => {
            let file = raster::ImageFile::new(document, format)?;
            Ok(Inspection { page_count: file.page_count(), encrypted: false })
        }
        Some(Kind::Pdf) | None => {
            let document = pdf::open(document, password)?;
            Ok(Inspection { page_count: document.pdf.pages().len(), encrypted: document.encrypted })
        }
    }
}
