//! What kind of document some bytes are: told by the bytes, and by a media type where they cannot
//! tell.

use docket_contract::format::{Container, Detected, Format, Signature};

use crate::source::office::{OfficeFormat, ole_format, zip_format};

/// Bytes at the beginning that must look like text, where no signature tells the kind.
const HEAD_BYTES: usize = 2048;

/// Kinds of documents that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Portable Document Format.
    Pdf,
    /// A picture, or several in a TIFF.
    Image(Format),
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

    /// Its format.
    #[must_use]
    pub fn format(self) -> Format {
        match self.0 {
            Kind::Pdf => Format::Pdf,
            Kind::Image(format) => format,
            Kind::Office(format) => format.format(),
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        self.format().media_type()
    }

    /// Its usual extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.format().extension()
    }

    /// True if its text is assigned to pages. Slides and sheets count as pages.
    #[must_use]
    pub fn has_pages(self) -> bool {
        self.format().facts().has_pages
    }
}

/// The kind by the bytes, then by the media type.
pub(crate) fn kind(bytes: &[u8], media_type: Option<&str>) -> Option<Kind> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    match Detected::of(bytes) {
        // A mail or a text may hold a PDF, or name one, near its beginning.
        Some(Detected::Format(Format::Pdf)) if speaks_of_pdf(head, media_type) => {}
        Some(Detected::Format(Format::Pdf)) => return Some(Kind::Pdf),
        Some(Detected::Format(format)) => {
            let office = OfficeFormat::of(format).map(Kind::Office);
            return Some(office.unwrap_or(Kind::Image(format)));
        }
        Some(Detected::Container(container)) => {
            let format = match container {
                Container::Zip => zip_format(bytes),
                Container::Ole => ole_format(bytes),
            };
            if let Some(format) = format {
                return Some(Kind::Office(format));
            }
            if Detected::marked(bytes) == Some(Format::Pdf) {
                return Some(Kind::Pdf);
            }
            return None;
        }
        None => {}
    }
    // Text of any encoding that the web knows holds no zero bytes.
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if head.contains(&0) && !is_wide {
        return None;
    }
    match media_type.and_then(Format::of_media_type) {
        // A web page instead of a PDF is the error page of some server, not the document.
        Some(Format::Pdf) => None,
        // Text has no signature: its sender's word counts.
        Some(format) if matches!(format.facts().signature, Signature::None) => {
            OfficeFormat::of(format).map(Kind::Office)
        }
        _ if begins_like_html(head) => Some(Kind::Office(OfficeFormat::Html)),
        _ if begins_like_mail(head) => Some(Kind::Office(OfficeFormat::Eml)),
        _ => None,
    }
}

/// True for text in which the mark of a PDF stands later than at the beginning.
fn speaks_of_pdf(head: &[u8], media_type: Option<&str>) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let format = media_type.and_then(Format::of_media_type);
    let is_text = format.is_some_and(|format| matches!(format.facts().signature, Signature::None));
    !text.starts_with(b"%PDF") && (is_text && !head.contains(&0) || begins_like_mail(head))
}

/// Lines of a mail's head, one of which says who sent it.
fn begins_like_mail(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let mut fields = text.lines().take_while(|line| !line.is_empty());
    let is_field = |line: &str| {
        let name = line.split_once(':').map_or("", |(name, _)| name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let first_is_field = fields.next().is_some_and(is_field);
    let has = |name: &str| {
        text.lines()
            .any(|line| line.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)))
    };
    first_is_field && has("from:") && (has("date:") || has("message-id:") || has("received:"))
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
        check(b"junk %PDF-1.7", None, Some(Kind::Pdf));
        let note = Some(Kind::Office(OfficeFormat::Text));
        check(b"It begins with %PDF-1.7.", Some("text/plain"), note);
        let mail = Some(Kind::Office(OfficeFormat::Eml));
        check(b"From: a@b.org\nDate: x\n\n%PDF-1.4", None, mail);
        check(b"PK\x03\x04 and nothing else", None, None);
        check(b"", None, None);
        let office = |format| Some(Kind::Office(format));
        check(b"a,b", Some("text/csv"), office(OfficeFormat::Csv));
        check(b"{\\rtf1 x}", None, office(OfficeFormat::Rtf));
        check(b"From: a@b.org\r\nDate: x\r\n\r\nHi", None, office(OfficeFormat::Eml));
        check(b"From: here to there", None, None);
        check(b"PK\x03\x04", Some("text/plain"), None);
    }
}
