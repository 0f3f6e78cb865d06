//! Office files, web pages and Markdown: read by a library for their kinds, and set on pages as a
//! typewriter would, so that everything after works as on a PDF.

mod container;
mod convert;
mod elements;
mod inline;
mod plain_headings;
mod typewriter;

pub(crate) use container::{ole_format, zip_format};

use docling::InputFormat;

use crate::error::{Damage, Error};
use crate::segment::Part;

/// A document as parts on pages.
pub(crate) struct OfficeDocument {
    pub parts: Vec<Part>,
    pub page_count: usize,
}

/// Kinds of files without drawn pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfficeFormat {
    Docx,
    Pptx,
    Xlsx,
    Doc,
    Ppt,
    Xls,
    Html,
    Markdown,
}

impl OfficeFormat {
    fn input_format(self) -> InputFormat {
        match self {
            Self::Docx => InputFormat::Docx,
            Self::Pptx => InputFormat::Pptx,
            Self::Xlsx => InputFormat::Xlsx,
            Self::Doc => InputFormat::Doc,
            Self::Ppt => InputFormat::Ppt,
            Self::Xls => InputFormat::Xls,
            Self::Html => InputFormat::Html,
            Self::Markdown => InputFormat::Md,
        }
    }
}

/// Reads a document. Pages are as large as the file says, or A4; with `sized_by_text`, as large as the
/// text that was set on them.
///
/// # Errors
/// If it is damaged, encrypted or inflates beyond all measure.
pub(crate) fn read(
    bytes: Vec<u8>,
    format: OfficeFormat,
    password: Option<&str>,
    sized_by_text: bool,
) -> Result<OfficeDocument, Error> {
    if !container::is_bearable(&bytes) {
        return Err(Error::UnreadableFile(Damage::Inflates));
    }
    let nodes = convert::convert(bytes, format, password)?;
    let (elements, page_count) = elements::elements(&nodes, format);
    Ok(OfficeDocument { parts: typewriter::set(elements, sized_by_text), page_count })
}

/// How many pages it has: slides, sheets, or one.
///
/// # Errors
/// As [`read`].
pub(crate) fn page_count(
    bytes: Vec<u8>,
    format: OfficeFormat,
    password: Option<&str>,
) -> Result<usize, Error> {
    match format {
        OfficeFormat::Docx | OfficeFormat::Doc | OfficeFormat::Html | OfficeFormat::Markdown => {
            Ok(1)
        }
        OfficeFormat::Pptx | OfficeFormat::Xlsx | OfficeFormat::Ppt | OfficeFormat::Xls => {
            Ok(read(bytes, format, password, false)?.page_count)
        }
    }
}
