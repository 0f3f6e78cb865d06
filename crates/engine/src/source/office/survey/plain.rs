//! What files hold that are text as a whole.

use super::costs::PIECE_CHARACTERS;
use super::total::Total;
use crate::limits::{Excess, Limit, Limits};

/// Checks text: its lines are pieces, what separates values begins cells.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check(text: &[u8], limits: &Limits) -> Result<(), Excess> {
    let count = |wanted: &[u8]| text.iter().filter(|byte| wanted.contains(byte)).count() as u64;
    let lines = count(b"\n").saturating_mul(PIECE_CHARACTERS);
    let total = Total {
        characters: (text.len() as u64).saturating_add(lines),
        cells: count(b"\n,;\t|").min(text.len() as u64 / 2),
        ..Total::default()
    };
    total.check(limits)
}

/// Checks Rich Text: groups within groups. The answer is true if a group does not end.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check_rich(text: &[u8], limits: &Limits) -> Result<bool, Excess> {
    let (mut depth, mut deepest, mut escaped) = (0_u64, 0_u64, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    limits.check(Limit::Depth, deepest)?;
    limits.check(Limit::XmlBytes, text.len() as u64)?;
    Ok(depth > 0)
}

/// Checks mail by its size, and by the parts within parts that it announces.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn check_mail(text: &[u8], limits: &Limits) -> Result<(), Excess> {
    let announced = |kind: &[u8]| {
        text.windows(kind.len()).filter(|part| part.eq_ignore_ascii_case(kind)).count() as u64
    };
    limits.check(Limit::Depth, announced(b"multipart/"))?;
    limits.check(Limit::Depth, announced(b"message/rfc822"))?;
    limits.check(Limit::PackageBytes, text.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_are_refused() {
        let limits = Limits::DEFAULT;
        assert!(check(b"a,b\n1,2\n", &limits).is_ok());
        assert!(check(&b",".repeat(12_000_000), &limits).is_err());
        assert!(check_rich(&b"{".repeat(100_000), &limits).is_err());
        assert!(check_rich(b"{\\rtf1 {\\b x} \\{ }", &limits).is_ok());
        assert!(check_mail(&b"multipart/mixed\n".repeat(1_000), &limits).is_err());
    }
}
