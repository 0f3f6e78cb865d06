//! Reads amounts, plain numbers and percentages, with the separators of several countries.

use super::super::lexemes::{Lexeme, LexemeKind, lexemes};

/// A number and where it stands in its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Amount {
    pub start: usize,
    pub end: usize,
    pub value: f64,
    pub has_currency: bool,
    pub has_decimals: bool,
    pub is_percent: bool,
}

const CURRENCIES: &[&str] = &[
    "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "INR", "MYR", "RM",
    "Rs", "SGD", "SEK", "NOK", "DKK", "PLN", "CZK", "US",
];

/// Every number of a text, the figures of dates, times and names of things left out.
pub(crate) fn amounts(text: &str) -> Vec<Amount> {
    let pieces = lexemes(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        if pieces[at].kind != LexemeKind::Digits {
            at += 1;
            continue;
        }
        let first = at;
        while continues(&pieces, first, at) {
            at += if pieces[at + 1].kind == LexemeKind::Digits { 1 } else { 2 };
        }
        found.extend(read(text, &pieces, first, at));
        at += 1;
    }
    found
}

/// The number goes on behind the piece: a separator and digits, or a blank and three digits.
fn continues(pieces: &[Lexeme<'_>], first: usize, at: usize) -> bool {
    let Some(next) = pieces.get(at + 1) else { return false };
    let three = |piece: &Lexeme<'_>| piece.is_digits(3..=3);
    if three(next) && !next.glued {
        let grouped = pieces[at].text.len() <= 3 && (at > first || pieces[first].text.len() <= 3);
        // Two columns of figures are no thousands: a currency or decimals must follow.
        let ends = pieces.get(at + 2).is_some_and(|end| {
            CURRENCIES.contains(&end.text) || (end.glued && matches!(end.text, "," | "€"))
        });
        return grouped && ends;
    }
    let separator = matches!(next.text, "," | "." | "'" | "’");
    let behind = pieces.get(at + 2);
    separator
        && next.glued
        && behind.is_some_and(|piece| piece.kind == LexemeKind::Digits && piece.glued)
}

fn read(text: &str, pieces: &[Lexeme<'_>], first: usize, last: usize) -> Option<Amount> {
    let before = first.checked_sub(1).map(|at| &pieces[at]);
    let after = pieces.get(last + 1);
    let is_currency = |piece: &&Lexeme<'_>| CURRENCIES.contains(&piece.text);
    let negative_sign = |piece: &&Lexeme<'_>| matches!(piece.text, "-" | "−" | "(");
    // A sign may stand before or behind the currency.
    let mut head = first;
    let mut has_currency = false;
    let mut negative = false;
    while let Some(piece) = head.checked_sub(1).map(|at| &pieces[at]) {
        if is_currency(&piece) && !has_currency {
            has_currency = true;
        } else if negative_sign(&piece) && !negative && pieces[head].glued {
            negative = true;
        } else {
            break;
        }
        head -= 1;
    }
    let glued_before = head == first && pieces[first].glued && !negative;
    let bad_before = glued_before
        && before.is_some_and(|piece| {
            piece.kind == LexemeKind::Letters || matches!(piece.text, "/" | ":" | "#" | "." | "_")
        });
    // A dash behind digits or letters joins, it does not subtract.
    let joined = negative
        && head
            .checked_sub(1)
            .is_some_and(|at| pieces[head].glued && pieces[at].kind != LexemeKind::Sign);
    let mut tail = last;
    let is_percent = after.is_some_and(|piece| piece.is("%"));
    if is_percent || after.as_ref().is_some_and(is_currency) {
        has_currency |= !is_percent;
        tail += 1;
    }
    let bad_after = tail == last
        && after.is_some_and(|piece| {
            let binds =
                piece.kind == LexemeKind::Letters || matches!(piece.text, "/" | ":" | "-" | "_");
            let more = pieces.get(last + 2).is_some_and(|next| next.glued);
            piece.glued && binds && (piece.kind == LexemeKind::Letters || more)
        });
    if bad_before || joined || bad_after {
        return None;
    }
    let digits = &text[pieces[first].start..pieces[last].end];
    let (value, has_decimals) = value(digits)?;
    let value = if negative { -value } else { value };
    let (start, end) = (pieces[head].start, pieces[tail].end);
    Some(Amount { start, end, value, has_currency, has_decimals, is_percent })
}

/// Digits with separators: the last one is the decimal mark if one or two digits follow it, or if
/// it differs from the others.
fn value(digits: &str) -> Option<(f64, bool)> {
    let compact: String = digits.chars().filter(|letter| !letter.is_whitespace()).collect();
    let last = compact.rfind([',', '.', '\'', '’']);
    let Some(last) = last else { return Some((compact.parse().ok()?, false)) };
    let mark = compact[last..].chars().next()?;
    let decimals = &compact[last + mark.len_utf8()..];
    let others = &compact[..last];
    let differs = others.contains(|letter: char| !letter.is_ascii_digit() && letter != mark);
    let repeats = others.contains(mark);
    let decimal = !repeats && (decimals.len() != 3 || differs || (mark == '.' && others == "0"));
    let whole: String = others.chars().filter(char::is_ascii_digit).collect();
    let text = if decimal { format!("{whole}.{decimals}") } else { format!("{whole}{decimals}") };
    Some((text.parse().ok()?, decimal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[f64]) {
        let found: Vec<f64> = amounts(text).iter().map(|amount| amount.value).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn forms_of_amounts() {
        check("$6,025.00", &[6025.0]);
        check("€ 4.053,67", &[4053.67]);
        check("46,68 €", &[46.68]);
        check("10 000€", &[10000.0]);
        check("($22.50)", &[-22.5]);
        check("-40.00", &[-40.0]);
        check("€ -9,32", &[-9.32]);
        check("CHF 1'234.50", &[1234.5]);
        check("1,234,567", &[1_234_567.0]);
        check("Total 1 278.61 40.39 319.00", &[1.0, 278.61, 40.39, 319.0]);
        check("RM54.50", &[54.5]);
    }

    #[test]
    fn figures_that_are_no_amounts() {
        for text in ["02/10/20", "12:30", "A1854", "116419-1", "B20/17"] {
            check(text, &[]);
        }
        assert!(amounts("14.50%")[0].is_percent);
    }
}
