//! Opening: decryption, the page tree, and what the catalog says of the whole document.

use std::borrow::Cow;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::object_tables::check_object_tables;
use super::outline::outline;
use super::structure::Structure;
use super::xfa::Xfa;
use crate::error::{Damage, Error, Lock, UnknownKind};
use crate::limits::{Excess, Limit, Limits};
use crate::model::OutlineEntry;

/// How far into the file a header may stand.
const HEADER_SEARCH_BYTES: usize = 2048;

/// An opened document.
pub(crate) struct Document {
    /// The parsed file.
    pub pdf: Pdf,
    /// The file is encrypted.
    pub encrypted: bool,
    /// Optional content groups that are switched off.
    pub hidden_groups: HashSet<ObjectIdentifier>,
    /// What its author calls the pieces of its pages; empty until it is read.
    pub structure: Structure,
    /// Its form in XML; empty until it is read.
    pub xfa: Xfa,
    /// What its pages have cost so far.
    pub spent: Spent,
}

/// What the pages of a document have cost so far, whichever thread reads them.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    characters: AtomicU64,
    operators: AtomicU64,
    pixels: AtomicU64,
}

/// What each page may add to the limits of a document. A dense page has 8,000 characters.
const PAGE_CHARACTERS: u64 = 15_000;
const PAGE_OPERATORS: u64 = 100_000;
/// Pixels that a byte of the file may stand for on average. Pages of text reach 2,500.
const PIXELS_PER_BYTE: u64 = 5_000;

impl Document {
    /// Checks that the pages so far leave room for another one.
    ///
    /// # Errors
    /// If they do not.
    pub(crate) fn check_spent(&self, limits: &Limits) -> Result<(), Excess> {
        let pages = self.pdf.pages().len() as u64;
        for (limit, spent, share) in [
            (Limit::Characters, &self.spent.characters, PAGE_CHARACTERS),
            (Limit::Operators, &self.spent.operators, PAGE_OPERATORS),
        ] {
            let (amount, allowed) = (spent.load(Relaxed), limits.of(limit) + share * pages);
            if amount > allowed {
                return Err(Excess { limit, amount, allowed });
            }
        }
        Ok(())
    }

    /// Counts a page that was read.
    pub(crate) fn note_read(&self, characters: usize, operators: u64) {
        self.spent.characters.fetch_add(characters as u64, Relaxed);
        self.spent.operators.fetch_add(operators, Relaxed);
    }

    /// Counts a page that is to be drawn.
    ///
    /// # Errors
    /// If that is beyond a limit.
    pub(crate) fn take_pixels(&self, pixels: u64, limits: &Limits) -> Result<(), Excess> {
        let spent = self.spent.pixels.fetch_add(pixels, Relaxed).saturating_add(pixels);
        let bytes: &[u8] = self.pdf.data().as_ref();
        let explained = PIXELS_PER_BYTE.saturating_mul(bytes.len() as u64);
        limits.check(Limit::DocumentPixels, spent.saturating_sub(explained))
    }

    /// Reads what the document tells of its own structure: the tree is kept, the outline returned.
    pub(crate) fn read_structure(&mut self, limits: &Limits) -> Vec<OutlineEntry> {
        let form = catch_unwind(AssertUnwindSafe(|| Xfa::read(&self.pdf, limits)));
        self.xfa = form.unwrap_or_default();
        let read = catch_unwind(AssertUnwindSafe(|| Structure::read(&self.pdf)));
        self.structure = read.unwrap_or_default();
        catch_unwind(AssertUnwindSafe(|| outline(&self.pdf))).unwrap_or_default()
    }
}

/// Opens a document, with the empty password first and then the given one.
///
/// # Errors
/// If it cannot be opened or is beyond a limit.
pub(crate) fn open(
    bytes: Vec<u8>,
    password: Option<&str>,
    limits: &Limits,
) -> Result<Document, Error> {
    if bytes.is_empty() {
        return Err(Error::Unreadable(Damage::Empty));
    }
    check_object_tables(&bytes, limits)?;
    let has_header = contains(&bytes[..bytes.len().min(HEADER_SEARCH_BYTES)], b"%PDF");
    let encrypted = is_encrypted(&bytes);
    let shared = std::sync::Arc::new(bytes);
    let attempt = |word: &str| {
        catch_unwind(AssertUnwindSafe(|| Pdf::new_with_password(shared.clone(), word)))
            .unwrap_or(Err(LoadPdfError::Invalid))
    };
    let given = password.filter(|word| !word.is_empty());
    let opened = match (attempt(""), given) {
        (Err(_), Some(word)) if encrypted => match attempt(word) {
            // Newer files hash the password in the form of RFC 4013.
            Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
                attempt(&stringprep::saslprep(word).unwrap_or(Cow::Borrowed(word)))
            }
            outcome => outcome,
        },
        (outcome, _) => outcome,
    };
    let pdf = opened.map_err(|error| failure(error, given.is_some(), encrypted, has_header))?;
    if pdf.pages().is_empty() {
        return Err(Error::Unreadable(Damage::NoPages));
    }
    limits.check(Limit::Pages, pdf.pages().len() as u64)?;
    let hidden_groups = catch_unwind(AssertUnwindSafe(|| hidden_groups(&pdf))).unwrap_or_default();
    Ok(Document {
        pdf,
        encrypted,
        hidden_groups,
        structure: Structure::default(),
        xfa: Xfa::default(),
        spent: Spent::default(),
    })
}

fn failure(error: LoadPdfError, password_given: bool, encrypted: bool, has_header: bool) -> Error {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) if password_given => {
            Error::Encrypted(Lock::PasswordWrong)
        }
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            Error::Encrypted(Lock::PasswordNeeded)
        }
        LoadPdfError::Decryption(_) => Error::Encrypted(Lock::Unsupported),
        // With a wrong key, some files come out as noise before their password is even checked.
        LoadPdfError::Invalid if encrypted && !password_given => {
            Error::Encrypted(Lock::PasswordNeeded)
        }
        LoadPdfError::Invalid if !has_header => Error::Unsupported(UnknownKind),
        LoadPdfError::Invalid => Error::Unreadable(Damage::Corrupt),
    }
}

/// Trailers are never encrypted or compressed, so the key stands in the file as it is.
fn is_encrypted(bytes: &[u8]) -> bool {
    const KEY: &[u8] = b"/Encrypt";
    let mut rest = bytes;
    while let Some(at) = find(rest, KEY) {
        let next = rest.get(at + KEY.len()).copied().unwrap_or(b' ');
        if !next.is_ascii_alphanumeric() {
            return true;
        }
        rest = &rest[at + KEY.len()..];
    }
    false
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    find(haystack, needle).is_some()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(step) = haystack[from..].iter().position(|byte| *byte == needle[0]) {
        let at = from + step;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// The groups that the default configuration switches off.
fn hidden_groups(pdf: &Pdf) -> HashSet<ObjectIdentifier> {
    let mut hidden = HashSet::new();
    let xref = pdf.xref();
    if !xref.has_optional_content_groups() {
        return hidden;
    }
    let Some(properties) = xref
        .get::<Dict<'_>>(xref.root_id())
        .and_then(|root| root.get::<Dict<'_>>(&b"OCProperties"[..]))
    else {
        return hidden;
    };
    let configuration = properties.get::<Dict<'_>>(keys::D).unwrap_or_default();
    let identifiers = |array: Option<Array<'_>>| -> Vec<ObjectIdentifier> {
        let entries = array.into_iter().flat_map(|array| array.raw_iter());
        entries.filter_map(|entry| entry.as_obj_ref()).map(Into::into).collect()
    };
    let base = configuration.get::<Name<'_>>(&b"BaseState"[..]);
    if base.as_deref() == Some(b"OFF") {
        hidden.extend(identifiers(properties.get::<Array<'_>>(&b"OCGs"[..])));
        for shown in identifiers(configuration.get::<Array<'_>>(&b"ON"[..])) {
            hidden.remove(&shown);
        }
    }
    hidden.extend(identifiers(configuration.get::<Array<'_>>(&b"OFF"[..])));
    hidden
}
