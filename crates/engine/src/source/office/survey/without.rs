//! A package without the content of some of its sheets, so that the others can be read.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::error::{Damage, Error};

const EMPTY_SHEET: &[u8] =
    b"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData/></worksheet>";

/// The same package with empty sheets in place of these.
///
/// # Errors
/// If it cannot be copied.
pub(in crate::source::office) fn without(bytes: &[u8], parts: &[&str]) -> Result<Vec<u8>, Error> {
    copied(bytes, parts).map_err(|_| Error::UnreadableFile(Damage::Corrupt))
}

fn copied(bytes: &[u8], parts: &[&str]) -> zip::result::ZipResult<Vec<u8>> {
    let mut from = ZipArchive::new(Cursor::new(bytes))?;
    let mut to = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    for index in 0..from.len() {
        let file = from.by_index_raw(index)?;
        let name = file.name()?.to_string();
        if parts.iter().any(|part| part.eq_ignore_ascii_case(&name)) {
            to.start_file(name, SimpleFileOptions::default())?;
            to.write_all(EMPTY_SHEET)?;
        } else {
            to.raw_copy_file(file)?;
        }
    }
    Ok(to.finish()?.into_inner())
}
