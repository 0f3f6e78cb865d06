//! How large a stream is once it is decoded, found out without holding what comes out.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro_syntax::Filter;
use hayro_syntax::object::{Array, Stream, dict::keys};
use hayro_syntax::page::Page;

use super::lzw::lzw_decode;
use crate::limits::{Excess, Limit, Limits};

/// Bytes that one byte can become: what no stream passes is not decoded to be measured.
const FLATE_RATIO: u64 = 1_032;
const LZW_RATIO: u64 = 2_732;
const RUN_LENGTH_RATIO: u64 = 64;
const ASCII_85_RATIO: u64 = 4;
/// What is decoded at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// Checks that a stream is no larger than a limit allows when it is decoded. Filters of pictures are
/// not applied: pictures are judged by their pixels.
///
/// # Errors
/// If it is.
pub(crate) fn check_stream(
    stream: &Stream<'_>,
    limits: &Limits,
    limit: Limit,
) -> Result<u64, Excess> {
    let filters: Vec<Filter> = stream.filters().into_iter().take_while(is_data).collect();
    check_decoded(&stream.raw_data(), &filters, limits, limit)
}

/// Checks the contents of a page, which may be several streams, or one several times.
///
/// # Errors
/// If they are beyond the limit for one stream together.
pub(crate) fn check_contents(page: &Page<'_>, limits: &Limits) -> Result<(), Excess> {
    let dict = page.raw();
    if let Some(stream) = dict.get::<Stream<'_>>(keys::CONTENTS) {
        return check_stream(&stream, limits, Limit::StreamBytes).map(|_| ());
    }
    let Some(streams) = dict.get::<Array<'_>>(keys::CONTENTS) else { return Ok(()) };
    let streams: Vec<(Cow<'_, [u8]>, Vec<Filter>)> = streams
        .iter::<Stream<'_>>()
        .map(|stream| {
            (stream.raw_data(), stream.filters().into_iter().take_while(is_data).collect())
        })
        .collect();
    let at_most: u64 = streams.iter().map(|(raw, filters)| at_most(raw, filters)).sum();
    if at_most <= limits.stream_bytes {
        return Ok(());
    }
    let mut bytes = 0;
    for (raw, filters) in &streams {
        bytes += decoded_bytes(raw, filters, limits.stream_bytes - bytes);
        limits.check(Limit::StreamBytes, bytes)?;
    }
    Ok(())
}

/// The same for bytes with filters.
///
/// # Errors
/// If they decode to more than the limit allows.
pub(super) fn check_decoded(
    raw: &[u8],
    filters: &[Filter],
    limits: &Limits,
    limit: Limit,
) -> Result<u64, Excess> {
    let at_most = at_most(raw, filters);
    if at_most <= limits.of(limit) {
        return Ok(at_most);
    }
    let bytes = decoded_bytes(raw, filters, limits.of(limit));
    limits.check(limit, bytes)?;
    Ok(bytes)
}

/// What these filters can make of some bytes at most.
pub(super) fn at_most(raw: &[u8], filters: &[Filter]) -> u64 {
    let ratio = filters.iter().map(|filter| ratio(*filter)).fold(1, u64::saturating_mul);
    ratio.saturating_mul(raw.len() as u64)
}

/// What these filters make of some bytes; counting ends above `most`.
pub(super) fn decoded_bytes(raw: &[u8], filters: &[Filter], most: u64) -> u64 {
    let mut bytes = Cow::Borrowed(raw);
    let mut decoded = raw.len() as u64;
    for (index, filter) in filters.iter().enumerate() {
        let is_last = index + 1 == filters.len();
        let mut kept = Vec::new();
        decoded = 0;
        decode(&bytes, *filter, &mut |piece| {
            decoded += piece.len() as u64;
            if !is_last {
                kept.extend_from_slice(piece);
            }
            decoded <= most
        });
        if decoded > most {
            break;
        }
        bytes = Cow::Owned(kept);
    }
    decoded
}

/// Filters of anything but pictures.
fn is_data(filter: &Filter) -> bool {
    !matches!(
        filter,
        Filter::DctDecode | Filter::JpxDecode | Filter::Jbig2Decode | Filter::CcittFaxDecode
    )
}

fn ratio(filter: Filter) -> u64 {
    match filter {
        Filter::FlateDecode => FLATE_RATIO,
        Filter::LzwDecode => LZW_RATIO,
        Filter::RunLengthDecode => RUN_LENGTH_RATIO,
        Filter::Ascii85Decode => ASCII_85_RATIO,
        _ => 1,
    }
}

/// Decodes piece by piece, as long as more is wanted. Damage ends it.
fn decode(bytes: &[u8], filter: Filter, take: &mut dyn FnMut(&[u8]) -> bool) {
    match filter {
        Filter::FlateDecode => {
            let has_header = bytes.len() > 1
                && bytes[0] & 0x0f == 8
                && (u16::from(bytes[0]) << 8 | u16::from(bytes[1])).is_multiple_of(31);
            if has_header {
                pump(ZlibDecoder::new(bytes), take);
            } else {
                pump(DeflateDecoder::new(bytes), take);
            }
        }
        Filter::LzwDecode => lzw_decode(bytes, take),
        Filter::RunLengthDecode => run_length(bytes, take),
        Filter::Ascii85Decode => ascii_85(bytes, take),
        Filter::AsciiHexDecode => ascii_hex(bytes, take),
        _ => {
            take(bytes);
        }
    }
}

fn pump(mut from: impl Read, take: &mut dyn FnMut(&[u8]) -> bool) {
    let mut piece = vec![0; PIECE_BYTES];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        if !take(&piece[..length]) {
            return;
        }
    }
}

fn run_length(mut bytes: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) {
    while let Some((length, rest)) = bytes.split_first() {
        let length = usize::from(*length);
        let (taken, goes_on) = match length {
            128 => return,
            0..128 => {
                let taken = (length + 1).min(rest.len());
                (taken, take(&rest[..taken]))
            }
            _ => {
                let Some(byte) = rest.first() else { return };
                (1, take(&vec![*byte; 257 - length]))
            }
        };
        if !goes_on {
            return;
        }
        bytes = &rest[taken..];
    }
}

fn ascii_hex(bytes: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) {
    let digits = bytes.iter().take_while(|byte| **byte != b'>');
    let mut digits = digits.filter_map(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len() / 2);
    while let Some(high) = digits.next() {
        let low = digits.next().unwrap_or(0);
        out.push((high << 4 | low) as u8);
    }
    take(&out);
}

fn ascii_85(bytes: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) {
    let mut out = Vec::with_capacity(bytes.len() / 5 * 4);
    let mut group: Vec<u8> = Vec::with_capacity(5);
    for byte in bytes {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => {}
        }
        if group.len() == 5 {
            out.extend_from_slice(&value(&group).to_be_bytes());
            group.clear();
        }
        if out.len() >= PIECE_BYTES {
            if !take(&out) {
                return;
            }
            out.clear();
        }
    }
    if group.len() > 1 {
        let length = group.len() - 1;
        group.resize(5, b'u' - b'!');
        out.extend_from_slice(&value(&group).to_be_bytes()[..length]);
    }
    take(&out);
}

fn value(group: &[u8]) -> u32 {
    group.iter().fold(0, |sum: u32, digit| sum.wrapping_mul(85).wrapping_add(u32::from(*digit)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8], filter: Filter) -> Vec<u8> {
        let mut out = Vec::new();
        decode(bytes, filter, &mut |piece| {
            out.extend_from_slice(piece);
            true
        });
        out
    }

    fn check(raw: &[u8], filters: &[Filter], allowed: u64) -> Result<u64, Excess> {
        let limits = Limits { stream_bytes: allowed, ..Limits::DEFAULT };
        check_decoded(raw, filters, &limits, Limit::StreamBytes)
    }

    #[test]
    fn each_filter_decodes() {
        assert_eq!(decoded(&deflated(b"some text"), Filter::FlateDecode), b"some text");
        assert_eq!(decoded(b"87cURDZ~>", Filter::Ascii85Decode), b"Hello");
        assert_eq!(decoded(b"48 65 6C6c6f>", Filter::AsciiHexDecode), b"Hello");
        assert_eq!(decoded(&[1, b'a', b'b', 254, b'c', 128], Filter::RunLengthDecode), b"abccc");
        let lzw = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        assert_eq!(decoded(&lzw, Filter::LzwDecode), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    #[test]
    fn a_stream_is_measured_only_where_it_could_be_too_large() {
        let raw = deflated(&[b' '; 100_000]);
        assert_eq!(check(&raw, &[Filter::FlateDecode], 100_000), Ok(100_000));
        let excess = check(&raw, &[Filter::FlateDecode], 50_000).unwrap_err();
        assert!(excess.amount > 50_000 && excess.amount <= 50_000 + PIECE_BYTES as u64);
        let bound = 1_032 * raw.len() as u64;
        assert_eq!(check(&raw, &[Filter::FlateDecode], bound), Ok(bound), "it is not decoded");
    }

    #[test]
    fn chains_are_followed_to_their_end() {
        let raw = deflated(&deflated(&deflated(&vec![b' '; 1 << 20])));
        let chain = [Filter::FlateDecode; 3];
        assert_eq!(check(&raw, &chain, 1 << 20), Ok(1 << 20));
        assert_eq!(check(&raw, &chain, 1 << 19).unwrap_err().limit, Limit::StreamBytes);
    }
}
