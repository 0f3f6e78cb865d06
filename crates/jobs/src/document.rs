//! An incoming document: streamed to a blob while it is hashed and counted.

use std::sync::Arc;

use bytes::Bytes;
use docket_contract::format::{Container, Detected, FORMATS};
use docket_contract::{BlobKey, Format, JobSpec};
use docket_store::BlobWriter;
use sha2::{Digest, Sha256};

use crate::{Error, Inspection, Jobs, SpaceWatch, office};

/// Bytes that are read to recognise the type: enough for the first entries of an Office package.
const HEAD_BYTES: usize = 8 * 1024;

/// The name of a document that came without one.
pub(crate) const NAMELESS: &str = "document.pdf";

/// An upload under way. Dropped before [`Upload::finish`], it leaves nothing.
#[derive(Debug)]
pub struct Upload {
    writer: BlobWriter,
    blob_key: BlobKey,
    hasher: Sha256,
    head: Vec<u8>,
    limit_bytes: u64,
    space: Option<Arc<SpaceWatch>>,
}

/// A document that is stored and hashed, but belongs to no job yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its blob.
    pub blob_key: BlobKey,
    /// Lowercase hex of its SHA-256.
    pub sha256: String,
    /// Its length.
    pub size_bytes: u64,
    /// Its media type by its first bytes, if these show it.
    pub media_type: Option<&'static str>,
}

impl Jobs {
    /// Starts an upload.
    #[must_use]
    pub fn begin_upload(&self) -> Upload {
        let blob_key = BlobKey::upload();
        Upload {
            writer: self.blobs.writer(&blob_key),
            blob_key,
            hasher: Sha256::new(),
            head: Vec::with_capacity(HEAD_BYTES),
            limit_bytes: self.policy.upload_bytes_max,
            space: self.space.clone(),
        }
    }

    /// Starts to take in a document for a job that is being worked on: that may use the space which
    /// submits leave free.
    #[must_use]
    pub fn begin_fetched(&self) -> Upload {
        Upload { space: None, ..self.begin_upload() }
    }

    /// Removes the bytes of an upload that became no job. A failure is logged, not returned: the
    /// caller has a better error to return.
    pub async fn discard(&self, blob_key: &BlobKey) {
        if let Err(error) = self.blobs.delete(blob_key).await {
            tracing::warn!(blob.key = blob_key.as_str(), %error, "blob could not be removed");
        }
    }
}

impl Upload {
    /// Appends a piece.
    ///
    /// # Errors
    /// If the limit is passed, or the storage fails or has too little free space.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        if let Some(space) = &self.space {
            space.check()?;
        }
        let size_bytes = self.writer.written_bytes() + piece.len() as u64;
        if size_bytes > self.limit_bytes {
            return Err(Error::UploadTooLarge { size_bytes, limit_bytes: self.limit_bytes });
        }
        let room = HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&piece[..room.min(piece.len())]);
        self.hasher.update(&piece);
        Ok(self.writer.write(piece).await?)
    }

    /// True if nothing came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writer.written_bytes() == 0
    }

    /// True if the first bytes are those of a known kind of document.
    #[must_use]
    pub fn is_recognised(&self) -> bool {
        self.media_type().is_some()
    }

    /// Makes the bytes durable.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn finish(self) -> Result<Uploaded, Error> {
        let size_bytes = self.writer.written_bytes();
        self.writer.finish().await?;
        let digest = self.hasher.finalize();
        Ok(Uploaded {
            blob_key: self.blob_key,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            size_bytes,
            media_type: media_type_of_bytes(&self.head),
        })
    }

    pub(crate) fn media_type(&self) -> Option<&'static str> {
        media_type_of_bytes(&self.head)
    }
}

/// The media type by the first bytes.
fn media_type_of_bytes(head: &[u8]) -> Option<&'static str> {
    let Some(detected) = Detected::of(head) else { return media_type_of_photo(head) };
    Some(match detected {
        Detected::Format(format) => format.media_type(),
        Detected::Container(container) => {
            let format = office::package_format(head).or_else(|| Detected::marked(head));
            format.map_or(container.media_type(), Format::media_type)
        }
    })
}

/// Photos that cannot be read, by the brand of their container (ISO/IEC 14496-12, 4.3): cameras and
/// web sites save them under the extension of JPEG too.
fn media_type_of_photo(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    match head.get(8..12)? {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
            Some("image/heic")
        }
        b"avif" | b"avis" => Some("image/avif"),
        _ => None,
    }
}

/// The kinds of documents that a job can be done on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptedKinds {
    /// Everything that can be read.
    Readable,
    /// PDFs only, because the job makes PDFs of it.
    PdfOnly,
    /// Workbooks only, because the operation is made for them.
    WorkbookOnly,
}

/// What kinds of documents an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Every document that the job can process.
    Document,
    /// Excel workbooks.
    Workbook,
}

impl Expected {
    /// Refuses a document that is still to be fetched, if its name says that it is of another kind.
    pub(crate) fn accept_name(self, name: &str) -> Result<(), Error> {
        match Format::of_name(name) {
            Some(format) if self == Self::Workbook && !format.is_workbook() => {
                Err(Error::Invalid(NOT_A_WORKBOOK.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

const NOT_A_WORKBOOK: &str = "File must be an Excel workbook (xlsx or xls)";

impl AcceptedKinds {
    pub(crate) fn of(spec: &JobSpec, expected: Expected) -> Self {
        match (spec, expected) {
            (JobSpec::Split(_), _) => Self::PdfOnly,
            (_, Expected::Workbook) => Self::WorkbookOnly,
            (_, Expected::Document) => Self::Readable,
        }
    }

    /// The media type, by bytes and then by name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a document that the job cannot process.
    pub(crate) fn accept(
        self,
        by_bytes: Option<&'static str>,
        name: &str,
    ) -> Result<&'static str, Error> {
        if self == Self::WorkbookOnly {
            let workbook = office::workbook_media_type(by_bytes, name);
            return workbook.ok_or_else(|| Error::Invalid(NOT_A_WORKBOOK.to_owned()));
        }
        let by_name = Format::of_name(name);
        let format = match by_bytes {
            Some(found) => Format::of_media_type(found),
            // Text has no signature, and damaged files have lost theirs.
            None => by_name.filter(|format| !format.is_image()),
        };
        match (format, by_bytes) {
            (Some(format), _) if format == Format::Pdf || self != Self::PdfOnly => {
                Ok(format.media_type())
            }
            _ if self == Self::PdfOnly => Err(Error::Invalid("File must be a PDF".to_owned())),
            (_, Some(found)) if Container::of_media_type(found).is_some() => {
                let promised = by_name.filter(|format| format.container().is_some());
                Ok(promised.map_or(found, Format::media_type))
            }
            (_, Some(other)) => Err(unsupported(other)),
            (_, None) => {
                let extension = name.rsplit_once('.').map(|(_, text)| text.to_ascii_lowercase());
                let extension = extension.map(|extension| format!(".{extension}"));
                Err(unsupported(extension.as_deref().unwrap_or("unknown")))
            }
        }
    }
}

/// The media type of a document that was fetched for a job, by bytes and then by name.
///
/// # Errors
/// [`Error::Invalid`] for a document that the job cannot process.
pub fn fetched_media_type(
    spec: &JobSpec,
    by_bytes: Option<&'static str>,
    name: &str,
) -> Result<&'static str, Error> {
    AcceptedKinds::of(spec, Expected::Document).accept(by_bytes, name)
}

fn unsupported(what: &str) -> Error {
    let extensions: Vec<&str> =
        FORMATS.iter().flat_map(|facts| facts.extensions).copied().collect();
    Error::Invalid(format!(
        "Unsupported file type: {what}. Supported types: {}",
        extensions.join(", ")
    ))
}

/// The media type that is recorded: that of an inspection of the whole document, else the accepted one.
///
/// # Errors
/// [`Error::Invalid`] for a container in which no document was found.
pub(crate) fn recorded_media_type(accepted: &str, found: Inspection) -> Result<String, Error> {
    match found.media_type {
        Some(looked) => Ok(looked),
        // If it was not inspected, the job finds out.
        None if Container::of_media_type(accepted).is_some() && !found.is_skipped => {
            Err(unsupported(accepted))
        }
        None => Ok(accepted.to_owned()),
    }
}

/// The name of a job's document: the client's own, without folders and control characters.
pub(crate) fn document_name(given: Option<&str>) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(255).collect();
    let clean = clean.trim();
    if clean.is_empty() { NAMELESS.to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCX: &str = Format::Docx.media_type();

    fn check(head: &[u8], name: &str, want: Result<&str, &str>) {
        let found = media_type_of_bytes(head);
        let got = AcceptedKinds::Readable.accept(found, name).map_err(|error| error.to_string());
        match want {
            Ok(kind) => assert_eq!(got.as_deref(), Ok(kind), "{name}"),
            Err(part) => assert!(got.unwrap_err().contains(part), "{name}"),
        }
    }

    #[test]
    fn types_by_bytes_then_by_name() {
        check(b"%PDF-1.7\n", "scan", Ok("application/pdf"));
        check(b"junk before %PDF-1.4", "a.bin", Ok("application/pdf"));
        check(b"damaged beyond", "a.PDF", Ok("application/pdf"));
        check(b"MZ\x90\0", "setup.exe", Err(".exe"));
        check(b"\x89PNG\r\n\x1a\n", "a.pdf", Ok("image/png"));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", "photo", Ok("image/webp"));
        check(b"RIFF\x10\0\0\0WAVEfmt ", "song.wav", Err(".wav"));
        check(b"BM", "notes", Err("unknown"));
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        check(heic, "IMG_2210.HEIC", Err("image/heic. Supported types: pdf, png"));
        check(heic, "IMG_2210.jpg", Err("image/heic. Supported types: pdf, png"));
        check(b"\0\0\0\x20ftypavif\0\0\0\0", "scan.pdf", Err("image/avif. Supported"));
        check(b"\0\0\0\x20ftypisom\0\0\0\0", "clip.mp4", Err(".mp4"));
        check(b"PK\x03\x04", "letter.docx", Ok(DOCX));
        check(b"PK\x03\x04", "photos.zip", Ok("application/zip"));
        check(b"torn to pieces", "letter.docx", Ok(DOCX));
        check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc", Ok("application/msword"));
        check(b"# Title", "notes.md", Ok("text/markdown"));
        check(b"<p>", "page.HTML", Ok("text/html"));
        check(b"plain", "notes.txt", Ok("text/plain"));
        check(b"plain", "notes.xyz", Err(".xyz"));
        check(b"hello", "noext", Err("unknown"));
    }

    #[test]
    fn names_lose_folders_and_control_characters() {
        assert_eq!(document_name(Some("C:\\docs\\räk ning.pdf")), "räk ning.pdf");
        assert_eq!(document_name(Some("../../etc/passwd")), "passwd");
        assert_eq!(document_name(Some("a;b\u{0}.pdf")), "a;b.pdf");
        assert_eq!(document_name(Some(" / ")), "document.pdf");
        assert_eq!(document_name(None), "document.pdf");
    }
}
