//! What is inside a ZIP or OLE container, by its table of contents alone.

use docket_contract::format::{FORMATS, Format, Signature};

use super::format::OfficeFormat;

/// Entries that are looked at.
const ENTRIES_MAX: usize = 50_000;
/// How far from the end of the file the end of the directory may stand: its comment is this long at
/// most.
const COMMENT_BYTES_MAX: usize = 65_557;

/// The Office format of a ZIP package, by the folder that its main part is in.
pub(crate) fn zip_format(bytes: &[u8]) -> Option<OfficeFormat> {
    let formats: Vec<Format> = names(bytes)?.into_iter().filter_map(Format::of_zip_entry).collect();
    // A package may hold files of others: the table's order decides.
    let format = FORMATS.iter().map(|facts| facts.format).find(|format| formats.contains(format));
    format.and_then(OfficeFormat::of)
}

/// The format of an OLE container, by the name of its main stream (in UTF-16). An encrypted package
/// counts as what it most often is.
pub(crate) fn ole_format(bytes: &[u8]) -> Option<OfficeFormat> {
    let has = |name: &&str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    let row = FORMATS.iter().find(|facts| match facts.signature {
        Signature::OleStream(streams) => streams.iter().any(has),
        _ => false,
    });
    match row {
        Some(facts) => OfficeFormat::of(facts.format),
        None => has(&"EncryptedPackage").then_some(OfficeFormat::Docx),
    }
}

/// True if an OLE container has all the sectors that its table says are in use (MS-CFB 2.2 and 2.3).
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    const HEADER_BYTES: usize = 512;
    const IN_HEADER: usize = 109;
    const FREE: u32 = 0xFFFF_FFFF;
    let number = |at: usize| -> Option<u32> {
        Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
    };
    let shift = bytes.get(30).copied().unwrap_or(0);
    if !matches!(shift, 9 | 12) || bytes.len() < HEADER_BYTES {
        return false;
    }
    let sector = 1_usize << shift;
    // The header fills a sector of its own; the last sector may be short.
    let sectors = bytes.len().div_ceil(sector).saturating_sub(1);
    let tables = (0..IN_HEADER).filter_map(|index| number(76 + 4 * index));
    for (index, table) in tables.take_while(|table| *table < 0xFFFF_FFFA).enumerate() {
        let Ok(table) = usize::try_from(table) else { return false };
        let start = table.saturating_add(1).saturating_mul(sector);
        for entry in 0..sector / 4 {
            match number(start.saturating_add(4 * entry)) {
                None => return false,
                Some(FREE) => {}
                Some(_) if index * (sector / 4) + entry >= sectors => return false,
                Some(_) => {}
            }
        }
    }
    true
}

/// How many entries a ZIP file lists, read without an archive of them being made.
pub(super) fn entry_count(bytes: &[u8]) -> usize {
    names(bytes).map_or(0, |names| names.len())
}

/// The names in the central directory of a ZIP file (APPNOTE.TXT 4.3.12 and 4.3.16); `None` if there
/// is none. They are read here because an archive of the `zip` crate keeps every entry in memory, before
/// a limit can be checked: a hostile file lists millions.
fn names(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    if !bytes.starts_with(b"PK") {
        return None;
    }
    let number = |at: usize, length: usize| -> Option<usize> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        Some(part.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
    };
    let from = bytes.len().saturating_sub(COMMENT_BYTES_MAX);
    let end = from + bytes[from..].windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let mut at = number(end + 16, 4)?;
    let mut names = Vec::new();
    while bytes.get(at..at.checked_add(4)?) == Some(b"PK\x01\x02") && names.len() < ENTRIES_MAX {
        let name_length = number(at + 28, 2)?;
        let skipped = number(at + 30, 2)? + number(at + 32, 2)?;
        names.push(bytes.get(at + 46..at + 46 + name_length)?);
        at += 46 + name_length + skipped;
    }
    Some(names)
}
