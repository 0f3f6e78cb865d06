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
    Text,
    Csv,
    Rtf,
    Odt,
    Ods,
    Odp,
    Epub,
    Eml,
    Msg,
    Xml,
    Json,
    AsciiDoc,
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
            Self::Text => Format::Text,
            Self::Csv => Format::Csv,
            Self::Rtf => Format::Rtf,
            Self::Odt => Format::Odt,
            Self::Ods => Format::Ods,
            Self::Odp => Format::Odp,
            Self::Epub => Format::Epub,
            Self::Eml => Format::Eml,
            Self::Msg => Format::Msg,
            Self::Xml => Format::Xml,
            Self::Json => Format::Json,
            Self::AsciiDoc => Format::AsciiDoc,
        }
    }

    /// The format of a row of the table, if it has no drawn pages.
    pub(crate) fn of(format: Format) -> Option<Self> {
        Some(match format {
            Format::Docx => Self::Docx,
            Format::Pptx => Self::Pptx,
            Format::Xlsx => Self::Xlsx,
            Format::Doc => Self::Doc,
            Format::Ppt => Self::Ppt,
            Format::Xls => Self::Xls,
            Format::Html => Self::Html,
            Format::Markdown => Self::Markdown,
            Format::Text => Self::Text,
            Format::Csv => Self::Csv,
            Format::Rtf => Self::Rtf,
            Format::Odt => Self::Odt,
            Format::Ods => Self::Ods,
            Format::Odp => Self::Odp,
            Format::Epub => Self::Epub,
            Format::Eml => Self::Eml,
            Format::Msg => Self::Msg,
            Format::Xml => Self::Xml,
            Format::Json => Self::Json,
            Format::AsciiDoc => Self::AsciiDoc,
            Format::Pdf
            | Format::Png
            | Format::Jpeg
            | Format::Tiff
            | Format::Bmp
            | Format::WebP => return None,
        })
    }

    /// The library's name for it; `None` if it is read here.
    pub(super) fn input_format(self) -> Option<InputFormat> {
        Some(match self {
            Self::Docx => InputFormat::Docx,
            Self::Pptx => InputFormat::Pptx,
            Self::Xlsx => InputFormat::Xlsx,
            Self::Doc => InputFormat::Doc,
            Self::Ppt => InputFormat::Ppt,
            Self::Xls => InputFormat::Xls,
            Self::Html => InputFormat::Html,
            Self::Markdown => InputFormat::Md,
            Self::Rtf => InputFormat::Rtf,
            Self::Odt => InputFormat::Odt,
            Self::Ods => InputFormat::Ods,
            Self::Odp => InputFormat::Odp,
            Self::Epub => InputFormat::Epub,
            Self::Eml | Self::Msg => InputFormat::Email,
            Self::AsciiDoc => InputFormat::Asciidoc,
            Self::Text | Self::Csv | Self::Xml | Self::Json => return None,
        })
    }
}

/// Parts of a file that are read on request only.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Requested {
    /// The marks of struck text.
    pub struck: bool,
    /// Hidden rows of sheets.
    pub rows: bool,
    /// Hidden columns of sheets.
    pub columns: bool,
    /// Hidden sheets.
    pub sheets: bool,
}
