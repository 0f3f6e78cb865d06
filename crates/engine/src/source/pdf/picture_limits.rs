//! How large a picture in a PDF is, by its dictionary and by the headers of its data: decoders make
//! room for what the headers say.

use hayro_syntax::Filter;
use hayro_syntax::object::{Array, Dict, Stream, dict::keys};

use super::streams::check_stream;
use crate::limits::{Excess, Limit, Limits};

/// Bytes of a header that are looked at.
const HEADER_BYTES: usize = 1 << 20;

/// Checks a picture; the answer is how many pixels it has.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check_picture(picture: &Stream<'_>, limits: &Limits) -> Result<u64, Excess> {
    let number = |long: &[u8], short: &[u8]| {
        let dict = picture.dict();
        u64::from(dict.get::<u32>(long).or_else(|| dict.get::<u32>(short)).unwrap_or(0))
    };
    let (width, height) = (number(keys::WIDTH, b"W"), number(keys::HEIGHT, b"H"));
    let mut pixels = width.saturating_mul(height);
    limits.check(Limit::Pixels, pixels)?;
    check_stream(picture, limits, Limit::PictureBytes)?;
    let filters = picture.filters();
    let stated = match filters.last() {
        Some(Filter::CcittFaxDecode) => fax_columns(picture.dict()).saturating_mul(height),
        Some(Filter::JpxDecode) => jpx_pixels(&encoded(picture)),
        Some(Filter::Jbig2Decode) => jbig2_pixels(&encoded(picture)),
        _ => 0,
    };
    pixels = pixels.max(stated);
    limits.check(Limit::Pixels, pixels)?;
    Ok(pixels)
}

/// The data as the last filter gets it. Pictures are hardly ever filtered twice, and one that is
/// counts by its dictionary.
fn encoded(picture: &Stream<'_>) -> Vec<u8> {
    let raw = picture.raw_data();
    if picture.filters().len() == 1 {
        raw[..raw.len().min(HEADER_BYTES)].to_vec()
    } else {
        Vec::new()
    }
}

/// Fax pictures state their width once more, 1728 if they do not.
fn fax_columns(dict: &Dict<'_>) -> u64 {
    let only = dict.get::<Dict<'_>>(keys::DECODE_PARMS);
    let several = || dict.get::<Array<'_>>(keys::DECODE_PARMS)?.iter::<Dict<'_>>().last();
    let parameters = only.or_else(several).unwrap_or_default();
    u64::from(parameters.get::<u32>(&b"Columns"[..]).unwrap_or(1728))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// The marker SIZ of a JPEG 2000 codestream: the reference grid, of all components.
fn jpx_pixels(data: &[u8]) -> u64 {
    const START_AND_SIZE: &[u8] = b"\xff\x4f\xff\x51";
    let Some(at) = data.windows(4).position(|window| window == START_AND_SIZE) else { return 0 };
    let Some(size) = data.get(at + 4..at + 4 + 38) else { return 0 };
    let side = |at: usize| big_endian(&size[at..at + 4]);
    let (width, height) = (side(4).saturating_sub(side(12)), side(8).saturating_sub(side(16)));
    // A picture of many components takes as much room as one of four with more pixels.
    let components = big_endian(&size[36..38]).max(1).div_ceil(4);
    width.saturating_mul(height).saturating_mul(components)
}

/// The segments of JBIG2 data (ITU-T T.88, 7.2): of the page and of its regions the largest.
fn jbig2_pixels(data: &[u8]) -> u64 {
    let mut largest = 0_u64;
    let mut rest = data;
    while let Some((kind, body, next)) = jbig2_segment(rest) {
        let is_region = matches!(kind, 4 | 6 | 7 | 20 | 22 | 23 | 36 | 38 | 39 | 40 | 42 | 43);
        if (kind == 48 || is_region)
            && let Some(sides) = body.get(..8)
        {
            let (width, height) = (big_endian(&sides[..4]), big_endian(&sides[4..]));
            // A page of unknown height grows with its regions.
            let height = if height == u64::from(u32::MAX) { 1 } else { height };
            largest = largest.max(width.saturating_mul(height));
        }
        rest = next;
    }
    largest
}

/// Kind and data of the segment that some bytes begin with, and what follows it.
fn jbig2_segment(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let flags = *bytes.get(4)?;
    let count = *bytes.get(5)? >> 5;
    let (references, mut at) = if count == 7 {
        let count = big_endian(bytes.get(5..9)?) & 0x1fff_ffff;
        (count, 9 + usize::try_from(count.div_ceil(8) + 1).ok()?)
    } else {
        (u64::from(count), 6)
    };
    let number = big_endian(bytes.get(..4)?);
    let size = match number {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    };
    at = at.checked_add(usize::try_from(references).ok()?.checked_mul(size)?)?;
    at += if flags & 0x40 == 0 { 1 } else { 4 };
    let length = big_endian(bytes.get(at..at + 4)?);
    let body = bytes.get(at + 4..)?;
    let end = usize::try_from(length).ok()?.min(body.len());
    Some((flags & 0x3f, &body[..end], &body[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jbig2(kind: u8, width: u32, height: u32) -> Vec<u8> {
        let mut segment = vec![0, 0, 0, 1, kind, 0, 1, 0, 0, 0, 12];
        segment.extend_from_slice(&width.to_be_bytes());
        segment.extend_from_slice(&height.to_be_bytes());
        segment.extend_from_slice(&[0; 4]);
        segment
    }

    #[test]
    fn headers_state_the_pixels() {
        let pages = [jbig2(48, 1000, u32::MAX), jbig2(38, 60_000, 50_000), jbig2(0, 9, 9)];
        assert_eq!(jbig2_pixels(&pages.concat()), 3_000_000_000);
        assert_eq!(jbig2_pixels(b"noise"), 0);
        let mut jpx = b"\0\0\0\x0cjP  \r\n\x87\n\xff\x4f\xff\x51\0\x29\0\0".to_vec();
        for side in [30_000_u32, 20_000, 10_000, 0] {
            jpx.extend_from_slice(&side.to_be_bytes());
        }
        jpx.extend_from_slice(&[0; 16]);
        jpx.extend_from_slice(&[0, 3, 7, 1, 1]);
        assert_eq!(jpx_pixels(&jpx), 400_000_000);
    }
}
