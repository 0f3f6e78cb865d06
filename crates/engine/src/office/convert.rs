//! The library that reads these files, and its errors in our words.

use docling::{ConversionError, DocumentConverter, Node, SourceDocument};

use super::OfficeFormat;
use crate::error::{Damage, Error, Lock};

/// The nodes of a document in reading order.
pub(super) fn convert(
    bytes: Vec<u8>,
    format: OfficeFormat,
    password: Option<&str>,
) -> Result<Vec<Node>, Error> {
    let source = SourceDocument::from_bytes("document", format.input_format(), bytes);
    let converter = DocumentConverter::new().password(password.map(str::to_owned));
    match converter.convert(source) {
        Ok(result) => Ok(result.document.nodes),
        Err(error) => Err(told(&error, password)),
    }
}

fn told(error: &ConversionError, password: Option<&str>) -> Error {
    if let ConversionError::WithSource { source, .. } = error
        && source.is::<docling::EncryptionError>()
    {
        let lock = if password.is_some() { Lock::PasswordWrong } else { Lock::PasswordNeeded };
        return Error::Encrypted(lock);
    }
    Error::UnreadableFile(Damage::Corrupt)
}
