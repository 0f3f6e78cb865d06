//! Why nothing useful came out of a document, told to its owner.

use docket_contract::FailureCode;

use crate::limits::Excess;

/// Why a document could not be parsed. Damage that leaves something readable is a warning instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are damaged beyond reading.
    #[error("Failed to process PDF: {0}")]
    Unreadable(Damage),
    /// The bytes of another kind than PDF are damaged beyond reading.
    #[error("Failed to process the document: {0}")]
    UnreadableFile(Damage),
    /// The document holds more than a limit allows.
    #[error("The document is too large: it has {0}")]
    TooLarge(Excess),
    /// The document cannot be decrypted.
    #[error("{0}")]
    Encrypted(Lock),
    /// The bytes are of no kind that can be read.
    #[error("The document is neither a PDF nor of another kind that can be read")]
    Unsupported(UnknownKind),
    /// Pages show something, but none of them holds text, and they could not be recognised.
    #[error("The document has no text layer: {fault}")]
    NoText {
        /// How many of the selected pages need OCR.
        pages_without_text: usize,
        /// Why the last of them was not recognised.
        fault: OcrFault,
    },
    /// A page could not be read and the request wants that to end the job.
    #[error("Failed to process page {page}: {reason}")]
    PageFailed {
        /// Its 1-based number.
        page: usize,
        /// Why.
        reason: PageFault,
    },
    /// None of the selected pages exists.
    #[error("The page range selects none of the document's {page_count} pages")]
    PageRangeEmpty {
        /// Pages of the whole document.
        page_count: usize,
    },
}

/// How a document is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// No bytes at all.
    #[error("The file is empty")]
    Empty,
    /// The structure cannot be made out.
    #[error("File appears to be corrupted")]
    Corrupt,
    /// Its XML declares entities or a document type, which no Office file may.
    #[error("Its XML declares a document type, which files of this kind must not do")]
    Declares,
    /// It holds something, none of which could be read.
    #[error("None of its content could be read")]
    NothingRead,
    /// The structure can be made out and holds no pages.
    #[error("The document has no pages")]
    NoPages,
}

/// Why a document stays locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lock {
    /// A password is needed and none was given.
    #[error("The document is encrypted: a password is needed")]
    PasswordNeeded,
    /// The given password is not the one.
    #[error("The document is encrypted and the given password does not open it")]
    PasswordWrong,
    /// A kind of encryption that is not supported.
    #[error("The document is encrypted in a way that is not supported")]
    Unsupported,
}

/// Marks [`Error::Unsupported`]: the bytes begin like no document that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownKind;

/// Why a page could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// Its content made the reader fail.
    #[error("its content is damaged")]
    Damaged,
    /// It shows something, but has no text layer, and could not be recognised.
    #[error("it has no text layer: {0}")]
    NoTextLayer(OcrFault),
    /// It, or the picture that it has to be recognised on, is beyond a limit.
    #[error("it has {0}")]
    TooLarge(Excess),
}

/// Why the text of a page's picture is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PictureFault {
    /// It was not recognised.
    #[error("{0}")]
    NotRecognised(OcrFault),
    /// It was not drawn.
    #[error("its picture was left out: it has {0}")]
    TooLarge(Excess),
}

impl From<OcrFault> for PictureFault {
    fn from(fault: OcrFault) -> Self {
        Self::NotRecognised(fault)
    }
}

impl From<Excess> for PictureFault {
    fn from(excess: Excess) -> Self {
        Self::TooLarge(excess)
    }
}

impl From<Excess> for Error {
    fn from(excess: Excess) -> Self {
        Self::TooLarge(excess)
    }
}

impl Error {
    /// The stable code of the failure.
    #[must_use]
    pub fn code(&self) -> FailureCode {
        match self {
            Self::Unreadable(_) | Self::UnreadableFile(_) => FailureCode::DocumentUnreadable,
            Self::TooLarge(_) => FailureCode::DocumentTooExpensive,
            Self::Encrypted(_) => FailureCode::DocumentEncrypted,
            Self::Unsupported(_) => FailureCode::DocumentUnsupported,
            Self::NoText { .. } => FailureCode::DocumentWithoutText,
            Self::PageFailed { .. } => FailureCode::PageFailed,
            Self::PageRangeEmpty { .. } => FailureCode::PageRangeEmpty,
        }
    }
}

/// Why a recogniser read nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcrFault {
    /// There is none here.
    #[error("it needs OCR, and Tesseract is not installed on this server")]
    Unavailable,
    /// It took too long.
    #[error("OCR took longer than a page may take")]
    TooSlow,
    /// The pages before it took the time that a document may take.
    #[error("OCR of the document took longer than a document may take")]
    DocumentTooSlow,
    /// The words that it read are those of no language that it knows.
    #[error("OCR could not read the page in the languages of this server")]
    Unfit,
    /// It ended without an answer.
    #[error("OCR failed")]
    Failed,
}
