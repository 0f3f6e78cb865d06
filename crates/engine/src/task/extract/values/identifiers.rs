//! Reads numbers and codes that name a thing: contract, order and customer numbers.

use super::super::vocabulary::fold;
use super::reading::{Reading, words};

/// The identifier that a text begins with, or the first one within it.
pub(super) fn identifiers(text: &str) -> Vec<Reading> {
    let pieces: Vec<(usize, &str)> = words(text).collect();
    let has_digit = |word: &str| word.contains(|letter: char| letter.is_ascii_digit());
    // The figures of a date are no identifier, where another one follows.
    let dates = super::dates::dates(text, false);
    let in_date = |start: usize, word: &str| {
        dates.iter().any(|date| date.start < start + word.len() && start < date.end)
    };
    let undated = |(start, word): &(usize, &str)| has_digit(word) && !in_date(*start, word);
    let first = pieces.iter().position(undated);
    let first = first.or_else(|| pieces.iter().position(|(_, word)| has_digit(word)));
    let Some(first) = first else { return Vec::new() };
    let begin = head(&pieces, first);
    let mut last = first;
    while let Some((_, word)) = pieces.get(last + 1) {
        let joins = matches!(*word, "/" | "-" | ".")
            && last + 2 < pieces.len()
            && has_digit(pieces[last + 2].1);
        if joins {
            last += 2;
        } else if is_group(word) && is_group(pieces[last].1) && last - first < 6 {
            last += 1;
        } else {
            break;
        }
    }
    let start = pieces[begin].0;
    let end = pieces[last].0 + pieces[last].1.len();
    let edge = |sign: char| !sign.is_alphanumeric() && sign != '#' && sign != ')';
    let piece = &text[start..end];
    let trimmed = piece.trim_matches(edge);
    let start = start + piece.find(trimmed).unwrap_or(0);
    let end = start + trimmed.len();
    let digits = trimmed.chars().filter(char::is_ascii_digit).count();
    let share = text[end..].trim_start().starts_with('%');
    if trimmed.is_empty() || share {
        return Vec::new();
    }
    vec![Reading::verbatim(text, start, end, quality(trimmed, digits, begin, pieces.len() - last))]
}

/// Letters before the figures belong to them: `DE 232 446 240`, `# BLR_1`.
fn head(pieces: &[(usize, &str)], first: usize) -> usize {
    let belongs = |word: &str| {
        word == "#" || (word.len() <= 3 && word.chars().all(|letter| letter.is_ascii_uppercase()))
    };
    match first.checked_sub(1) {
        Some(before) if belongs(pieces[before].1) && pieces[before].1 != "NO" => before,
        _ => first,
    }
}

/// A group of figures, as long numbers are written in.
fn is_group(word: &str) -> bool {
    (2..=4).contains(&word.len()) && word.chars().all(|letter| letter.is_ascii_digit())
}

fn quality(text: &str, digits: usize, begin: usize, rest: usize) -> f64 {
    let dated = super::dates::dates(text, false).iter().any(|date| date.end - date.start > 7);
    let money = super::amounts::amounts(text)
        .iter()
        .any(|amount| amount.has_currency || (amount.has_decimals && !text.contains(' ')));
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count().max(1);
    let mostly = digits as f64 / letters as f64;
    let short = if letters < 3 { 0.7 } else { 1.0 };
    let timed = text.contains(':') && fold(text).chars().filter(|sign| *sign == ':').count() == 1;
    let odd = if dated || money || timed { 0.25 } else { 1.0 };
    let place = if begin == 0 { 1.0 } else { 0.75 };
    let crowd = if rest > 4 { 0.8 } else { 1.0 };
    (0.85 + 0.15 * mostly) * short * odd * place * crowd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_papers() {
        let check = |text: &str, expected: &str| {
            let found = identifiers(text);
            assert_eq!(found[0].value.as_str(), Some(expected), "{text}");
        };
        check("26904065", "26904065");
        check("949278 /", "949278");
        check("272355 / 3", "272355 / 3");
        check("DE 232 446 240", "DE 232 446 240");
        check(": # BLR_WFLD20151000982590", "# BLR_WFLD20151000982590");
        check("116419-1", "116419-1");
        check("NL810433941B01", "NL810433941B01");
        check("of 17 June 2026, LU/26/5107/B", "LU/26/5107/B");
        assert!(identifiers("none at all").is_empty());
        assert!(identifiers("02/10/2020")[0].quality < 0.4);
    }
}
