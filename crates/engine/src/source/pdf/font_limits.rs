//! What a font may hold: its program, its maps and its widths are looked at before they are read.

use hayro_syntax::object::{Array, Dict, Object, Stream, dict::keys};

use super::streams::check_stream;
use crate::limits::{Excess, Limit, Limits};

/// Checks what reading a font decodes and expands.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check_font(font: &Dict<'_>, limits: &Limits) -> Result<(), Excess> {
    check_map(font, keys::TO_UNICODE, limits)?;
    check_map(font, keys::ENCODING, limits)?;
    check_program(font, limits)?;
    let descendants = font.get::<Array<'_>>(keys::DESCENDANT_FONTS).unwrap_or_default();
    for descendant in descendants.iter::<Dict<'_>>().take(1) {
        check_program(&descendant, limits)?;
        if let Some(map) = descendant.get::<Stream<'_>>(&b"CIDToGIDMap"[..]) {
            check_stream(&map, limits, Limit::StreamBytes)?;
        }
        for (key, numbers) in [(&b"W"[..], 1), (&b"W2"[..], 3)] {
            if let Some(widths) = descendant.get::<Array<'_>>(key) {
                limits.check(Limit::MapEntries, width_entries(&widths, numbers))?;
            }
        }
    }
    Ok(())
}

fn check_program(font: &Dict<'_>, limits: &Limits) -> Result<(), Excess> {
    let Some(descriptor) = font.get::<Dict<'_>>(keys::FONT_DESC) else { return Ok(()) };
    for key in [&b"FontFile"[..], b"FontFile2", b"FontFile3"] {
        if let Some(program) = descriptor.get::<Stream<'_>>(key) {
            check_stream(&program, limits, Limit::StreamBytes)?;
        }
    }
    Ok(())
}

/// Checks a character map that is a stream: every entry names its codes in hexadecimal strings, two
/// of them at least.
fn check_map(font: &Dict<'_>, key: &[u8], limits: &Limits) -> Result<(), Excess> {
    let Some(map) = font.get::<Stream<'_>>(key) else { return Ok(()) };
    check_stream(&map, limits, Limit::StreamBytes)?;
    let Ok(text) = map.decoded_data() else { return Ok(()) };
    let strings = text.iter().filter(|byte| **byte == b'<').count() as u64;
    limits.check(Limit::MapEntries, strings / 2)
}

/// How many codes an array of widths gives a width to (ISO 32000-2, 9.7.4.3): a first code with an
/// array of widths, or a first and a last code with `numbers` values for all of them.
fn width_entries(widths: &Array<'_>, numbers: usize) -> u64 {
    let mut entries = 0_u64;
    let mut range: Vec<f64> = Vec::new();
    for entry in widths.iter::<Object<'_>>() {
        match entry {
            Object::Array(several) => {
                entries = entries.saturating_add(several.raw_iter().count() as u64);
                range.clear();
            }
            Object::Number(number) => range.push(number.as_f64()),
            _ => range.clear(),
        }
        if range.len() == 2 + numbers {
            let codes = (range[1] - range[0]).max(0.0) as u64;
            entries = entries.saturating_add(codes).saturating_add(1);
            range.clear();
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use hayro_syntax::object::{FromBytes, Object};

    use super::*;

    fn entries(array: &[u8], numbers: usize) -> u64 {
        let Some(Object::Array(widths)) = Object::from_bytes(array) else { panic!("an array") };
        width_entries(&widths, numbers)
    }

    #[test]
    fn widths_are_counted_without_being_expanded() {
        assert_eq!(entries(b"[0 4294967295 500]", 1), 4_294_967_296);
        assert_eq!(entries(b"[1 [500 600] 7 9 500 20 [1]]", 1), 2 + 3 + 1);
        assert_eq!(entries(b"[1 10 500 0 880]", 3), 10);
    }
}
