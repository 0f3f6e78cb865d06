//! What kind of document some bytes are: told by the bytes, and by a media type where they cannot
//! tell.

use image::ImageFormat;

use crate::source::office::{OfficeFormat, ole_format, zip_format};
use crate::source::raster::ImageFile;

/// How far into a file the header of a PDF may stand.
const HEADER_SEARCH_BYTES: usize = 2048;

/// Kinds of documents that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Portable Document Format.
    Pdf,
    /// A picture, or several in a TIFF.
    Image(ImageFormat),
    /// A file without drawn pages.
    Office(OfficeFormat),
}

/// What kind a document is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentKind(pub(crate) Kind);

impl DocumentKind {
    /// The kind of these bytes. `media_type` is what their sender calls them; it is heard where
    /// bytes cannot tell, as of Markdown. `None` for bytes that begin like no document.
    #[must_use]
    pub fn of(bytes: &[u8], media_type: Option<&str>) -> Option<Self> {
        kind(bytes, media_type).map(Self)
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self.0 {
            Kind::Pdf => "application/pdf",
            Kind::Image(format) => format.to_mime_type(),
            Kind::Office(format) => match format {
                OfficeFormat::Docx => {
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
                }
                OfficeFormat::Pptx => {
                    "application/vnd.openxmlformats-officedocument.presentationml.presentation"
                }
                OfficeFormat::Xlsx => {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                }
                OfficeFormat::Doc => "application/msword",
                OfficeFormat::Ppt => "application/vnd.ms-powerpoint",
                OfficeFormat::Xls => "application/vnd.ms-excel",
                OfficeFormat::Html => "text/html",
                OfficeFormat::Markdown => "text/markdown",
            },
        }
    }

    /// Its usual extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self.0 {
            Kind::Pdf => "pdf",
            Kind::Image(format) => format.extensions_str().first().copied().unwrap_or("image"),
            Kind::Office(format) => match format {
                OfficeFormat::Docx => "docx",
                OfficeFormat::Pptx => "pptx",
                OfficeFormat::Xlsx => "xlsx",
                OfficeFormat::Doc => "doc",
                OfficeFormat::Ppt => "ppt",
                OfficeFormat::Xls => "xls",
                OfficeFormat::Html => "html",
                OfficeFormat::Markdown => "md",
            },
        }
    }

    /// It says what stands on which page: slides and sheets count as pages.
    #[must_use]
    pub fn has_pages(self) -> bool {
        !matches!(
            self.0,
            Kind::Office(
                OfficeFormat::Docx
                    | OfficeFormat::Doc
                    | OfficeFormat::Html
                    | OfficeFormat::Markdown
            )
        )
    }

    /// It says where on its pages things stand.
    #[must_use]
    pub fn has_places(self) -> bool {
        !matches!(self.0, Kind::Office(_))
    }
}

/// The kind by the bytes, then by the media type.
pub(crate) fn kind(bytes: &[u8], media_type: Option<&str>) -> Option<Kind> {
    if let Some(format) = ImageFile::format_of(bytes) {
        return Some(Kind::Image(format));
    }
    if let Some(format) = zip_format(bytes).or_else(|| ole_format(bytes)) {
        return Some(Kind::Office(format));
    }
    let head = &bytes[..bytes.len().min(HEADER_SEARCH_BYTES)];
    if head.windows(4).any(|window| window == b"%PDF") {
        return Some(Kind::Pdf);
    }
    // Text of any encoding that the web knows holds no zero bytes.
    if head.contains(&0) {
        return None;
    }
    match media_type {
        Some("text/markdown") => Some(Kind::Office(OfficeFormat::Markdown)),
        Some("text/html") => Some(Kind::Office(OfficeFormat::Html)),
        // A page in the place of a PDF is some server's excuse, not the document.
        Some("application/pdf") => None,
        _ if begins_like_html(head) => Some(Kind::Office(OfficeFormat::Html)),
        _ => None,
    }
}

fn begins_like_html(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins =
        |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    begins(b"<!doctype html") || begins(b"<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], media_type: Option<&str>, want: Option<Kind>) {
        assert_eq!(kind(bytes, media_type), want, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn bytes_tell_and_media_types_help() {
        let html = Some(Kind::Office(OfficeFormat::Html));
        check(b"\n <!DOCTYPE HTML>", None, html);
        check(b"<p>x", Some("text/html"), html);
        check(b"# x", Some("text/markdown"), Some(Kind::Office(OfficeFormat::Markdown)));
        check(b"<html>", Some("application/pdf"), None);
        check(b"# x\0", Some("text/markdown"), None);
        check(b"# x", None, None);
        check(b"%PDF-1.7", Some("text/html"), Some(Kind::Pdf));
        check(b"PK\x03\x04 and nothing else", None, None);
        check(b"", None, None);
    }
}
