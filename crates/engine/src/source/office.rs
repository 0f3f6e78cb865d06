//! Office files, web pages and Markdown: read by a library for their kinds, and set on pages as a
//! typewriter would, so that everything after works as on a PDF.

mod container;
mod convert;
mod elements;
mod inline;
mod plain_headings;
mod survey;
mod typewriter;

pub(crate) use container::{ole_format, zip_format};

use docket_contract::format::Format;
use docling::InputFormat;

use crate::error::Error;
use crate::limits::{Excess, Limits};
use crate::model::Part;

/// A document as parts on pages.
pub(crate) struct OfficeDocument {
    pub parts: Vec<Part>,
    pub page_count: usize,
    /// Pages that are beyond a limit by themselves, from 1. They hold no parts.
    pub left_out: Vec<(usize, Excess)>,
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
    /// Its row in the table of formats.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Docx => Format::Docx,
            Self::Pptx => Format::Pptx,
            Self::Xlsx => Format::Xlsx,
            Self::Doc => Format::Doc,
            Self::Ppt => Format::Ppt,
            Self::Xls => Format::Xls,
            Self::Html => Format::Html,
            Self::Markdown => Format::Markdown,
        }
    }

    /// The format of a row of the table, if it has no drawn pages.
    fn of(format: Format) -> Option<Self> {
        Some(match format {
            Format::Docx => Self::Docx,
            Format::Pptx => Self::Pptx,
            Format::Xlsx => Self::Xlsx,
            Format::Doc => Self::Doc,
            Format::Ppt => Self::Ppt,
            Format::Xls => Self::Xls,
            Format::Html => Self::Html,
            Format::Markdown => Self::Markdown,
            Format::Pdf
            | Format::Png
            | Format::Jpeg
            | Format::Tiff
            | Format::Bmp
            | Format::WebP => return None,
        })
    }

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
/// If it is damaged, encrypted or beyond a limit.
pub(crate) fn read(
    bytes: Vec<u8>,
    format: OfficeFormat,
    password: Option<&str>,
    sized_by_text: bool,
    limits: &Limits,
) -> Result<OfficeDocument, Error> {
    let listed = page_count(&bytes, format, limits)?;
    let left_out = survey::survey(&bytes, format, limits)?;
    let bytes = if left_out.is_empty() { bytes } else { survey::without(&bytes, &left_out)? };
    let nodes = convert::convert(bytes, format, password)?;
    let (elements, page_count) = elements::elements(&nodes, format, limits)?;
    drop(nodes);
    let left_out = left_out.into_iter().map(|part| (part.page, part.excess)).collect();
    let parts = typewriter::set(elements, sized_by_text);
    // An empty slide at the end is listed and converts to nothing.
    let page_count = page_count.max(listed.unwrap_or(0));
    Ok(OfficeDocument { parts, page_count, left_out })
}

/// How many pages it has: slides, sheets, or one. Read from a list in the file, without converting
/// it; `None` where only conversion tells.
///
/// # Errors
/// If there are more than a limit allows.
pub(crate) fn page_count(
    bytes: &[u8],
    format: OfficeFormat,
    limits: &Limits,
) -> Result<Option<usize>, Error> {
    match format {
        OfficeFormat::Docx | OfficeFormat::Doc | OfficeFormat::Html | OfficeFormat::Markdown => {
            Ok(Some(1))
        }
        OfficeFormat::Pptx | OfficeFormat::Xlsx => survey::page_count(bytes, format, limits),
        OfficeFormat::Ppt | OfficeFormat::Xls => Ok(None),
    }
}
