//! The library that reads these files, and its errors in our words.

use std::panic::{AssertUnwindSafe, catch_unwind};

use docling::{ConversionError, DoclingDocument, DocumentConverter, SourceDocument};

use super::format::OfficeFormat;
use super::page;
use super::plain_headings::{Plain, plain_headings};
use crate::error::{Damage, Error, Lock};

/// A document as the library reads it. A web page whose headings make the library lose its
/// way (docling 2.62 counts levels below zero at a heading that is no item of its nested list) is
/// read once more with paragraphs in their place.
pub(super) fn convert(
    bytes: Vec<u8>,
    format: OfficeFormat,
    password: Option<&str>,
) -> Result<DoclingDocument, Error> {
    if !matches!(format, OfficeFormat::Html | OfficeFormat::Markdown) {
        return convert_once(bytes, format, password);
    }
    let attempt = |page: Vec<u8>| {
        catch_unwind(AssertUnwindSafe(|| convert_once(page, format, password))).ok()
    };
    let bytes = if format == OfficeFormat::Html { page::written(&bytes) } else { bytes };
    attempt(bytes.clone())
        .or_else(|| attempt(plain_headings(&bytes, Plain::InLists)))
        .or_else(|| attempt(plain_headings(&bytes, Plain::Everywhere)))
        .unwrap_or(Err(Error::UnreadableFile(Damage::Corrupt)))
}

fn convert_once(
    bytes: Vec<u8>,
    format: OfficeFormat,
    password: Option<&str>,
) -> Result<DoclingDocument, Error> {
    let Some(input) = format.input_format() else {
        return Ok(DoclingDocument::new("document"));
    };
    let source = SourceDocument::from_bytes("document", input, bytes);
    let converter =
        DocumentConverter::new().password(password.map(str::to_owned)).list_attachments(true);
    match converter.convert(source) {
        Ok(result) => Ok(result.document),
        Err(error) => Err(in_our_words(&error, password)),
    }
}

fn in_our_words(error: &ConversionError, password: Option<&str>) -> Error {
    if let ConversionError::WithSource { source, .. } = error
        && source.is::<docling::EncryptionError>()
    {
        let lock = if password.is_some() { Lock::PasswordWrong } else { Lock::PasswordNeeded };
        return Error::Encrypted(lock);
    }
    Error::UnreadableFile(Damage::Corrupt)
}
