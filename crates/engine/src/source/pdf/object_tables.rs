//! The streams that tell where objects are and hold them. Opening a document decodes them, so they
//! are measured before, by their dictionaries as they stand in the file.

use hayro_syntax::Filter;

use super::streams::{at_most, decoded_bytes};
use crate::limits::{Excess, Limit, Limits};

/// How far around a name its dictionary may reach.
const DICT_BYTES_MAX: usize = 4096;
/// What an entry takes where its widths are not told: one byte each for type, place and number.
const ENTRY_BYTES: u64 = 3;
/// So many versions of each page may stand in a file.
const VERSIONS_MAX: u64 = 4;

const FILTERS: [(&[u8], Filter); 10] = [
    (b"FlateDecode", Filter::FlateDecode),
    (b"Fl", Filter::FlateDecode),
    (b"LZWDecode", Filter::LzwDecode),
    (b"LZW", Filter::LzwDecode),
    (b"ASCII85Decode", Filter::Ascii85Decode),
    (b"A85", Filter::Ascii85Decode),
    (b"ASCIIHexDecode", Filter::AsciiHexDecode),
    (b"AHx", Filter::AsciiHexDecode),
    (b"RunLengthDecode", Filter::RunLengthDecode),
    (b"RL", Filter::RunLengthDecode),
];

/// Checks all object streams and cross-reference streams of a file, and how often it says `/Page`.
///
/// # Errors
/// If they are beyond a limit.
pub(super) fn check_object_tables(file: &[u8], limits: &Limits) -> Result<(), Excess> {
    let mut holders = Vec::new();
    let (mut at, mut pages) = (0, 0_u64);
    while let Some(step) = file[at..].iter().position(|byte| *byte == b'/') {
        at += step + 1;
        let rest = &file[at..];
        pages += u64::from(is_name(rest, b"Page"));
        let is_table = is_name(rest, b"XRef");
        if !is_table && !is_name(rest, b"ObjStm") {
            continue;
        }
        let Some(stream) = StreamText::around(file, at) else { continue };
        let filters = stream.filters();
        if is_table {
            let entry = stream.entry_bytes();
            let most = limits.objects.saturating_mul(entry);
            if at_most(stream.data, &filters) > most {
                limits.check(Limit::Objects, decoded_bytes(stream.data, &filters, most) / entry)?;
            }
        } else {
            holders.push((stream.data, filters));
        }
    }
    // A file that was saved again and again holds pages several times.
    limits.check(Limit::Pages, pages / VERSIONS_MAX)?;
    let at_most: u64 = holders.iter().map(|(data, filters)| at_most(data, filters)).sum();
    if at_most <= limits.object_bytes {
        return Ok(());
    }
    let mut bytes = 0;
    for (data, filters) in holders {
        bytes += decoded_bytes(data, &filters, limits.object_bytes - bytes);
        limits.check(Limit::ObjectBytes, bytes)?;
    }
    Ok(())
}

fn is_name(rest: &[u8], name: &[u8]) -> bool {
    let next = rest.get(name.len()).copied().unwrap_or(b' ');
    rest.starts_with(name) && !next.is_ascii_alphanumeric()
}

/// A stream as it stands in a file.
struct StreamText<'f> {
    dict: &'f [u8],
    data: &'f [u8],
}

impl<'f> StreamText<'f> {
    /// The stream whose dictionary holds this place.
    fn around(file: &'f [u8], at: usize) -> Option<Self> {
        let behind = &file[at.saturating_sub(DICT_BYTES_MAX)..at];
        let start = behind.windows(3).rposition(|word| word == b"obj").map_or(0, |found| found + 3);
        let before = &behind[start..];
        let ahead = &file[at..file.len().min(at + DICT_BYTES_MAX)];
        let keyword = ahead.windows(6).position(|word| word == b"stream")?;
        let dict = &file[at - before.len()..at + keyword];
        let data = &file[at + keyword + 6..];
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        let end = data.windows(9).position(|word| word == b"endstream").unwrap_or(data.len());
        Some(Self { dict, data: &data[..end] })
    }

    fn filters(&self) -> Vec<Filter> {
        let names = self.dict.split(|byte| *byte == b'/').skip(1).map(|rest| {
            let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            &rest[..length]
        });
        let filter = |name: &[u8]| FILTERS.iter().find(|(known, _)| *known == name);
        names.filter_map(|name| filter(name).map(|(_, filter)| *filter)).collect()
    }

    /// The bytes of an entry of a cross-reference stream.
    fn entry_bytes(&self) -> u64 {
        let widths = self.dict.windows(2).position(|word| word == b"/W").map(|at| at + 2);
        let widths = widths.and_then(|at| self.dict[at..].trim_ascii_start().strip_prefix(b"["));
        let widths = widths.map(|widths| {
            let numbers = widths.split(|byte| *byte == b']').next().unwrap_or_default();
            let digits = |word: &[u8]| std::str::from_utf8(word).ok()?.parse::<u64>().ok();
            numbers.split(u8::is_ascii_whitespace).filter_map(digits).take(3).sum()
        });
        widths.filter(|sum| *sum > 0).unwrap_or(ENTRY_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn stream(dict: &str, bytes: usize) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; bytes]).unwrap();
        let data = encoder.finish().unwrap();
        let head = format!("7 0 obj\n<<{dict}/Filter/FlateDecode/Length {}>>stream\n", data.len());
        [head.as_bytes(), &data, b"\nendstream\nendobj\n"].concat()
    }

    #[test]
    fn cross_references_are_counted_by_their_entries() {
        let limits = Limits { objects: 1000, ..Limits::DEFAULT };
        assert_eq!(check_object_tables(&stream("/Type/XRef/W[1 4 2]", 7000), &limits), Ok(()));
        let file = stream("/Type /XRef /W [1 4 1]", 70_000);
        let excess = check_object_tables(&file, &limits).unwrap_err();
        assert_eq!((excess.limit, excess.allowed), (Limit::Objects, 1000));
        assert!(excess.amount > 1000);
    }

    #[test]
    fn object_streams_are_summed_up() {
        let limits = Limits { object_bytes: 5_000_000, ..Limits::DEFAULT };
        let file = [stream("/Type/ObjStm/N 1", 3_000_000), stream("/Type/ObjStm/N 1", 3_000_000)];
        assert_eq!(check_object_tables(&file[0], &limits), Ok(()));
        let excess = check_object_tables(&file.concat(), &limits).unwrap_err();
        assert_eq!((excess.limit, excess.allowed), (Limit::ObjectBytes, 5_000_000));
    }
}
