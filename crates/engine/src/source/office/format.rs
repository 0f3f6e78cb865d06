//! Kinds of files without drawn pages.

use docket_contract::format::Format;
use docling::InputFormat;

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
    pub(super) fn of(format: Format) -> Option<Self> {
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

    pub(super) fn input_format(self) -> InputFormat {
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
