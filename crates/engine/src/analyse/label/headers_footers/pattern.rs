//! Texts without what changes from page to page.

use crate::lexicon;

/// The text with its numbers and case taken away.
pub(super) fn pattern(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let lower = word.to_lowercase();
        let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
        let roman =
            !bare.is_empty() && bare.len() <= 6 && bare.chars().all(|c| "ivxlc".contains(c));
        if roman { "#".to_owned() } else { without_digits(&lower) }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The numbers of a text, as far as they can be counted with.
pub(super) fn numbers(text: &str) -> Vec<u64> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    digits.map(|digits| digits.parse().unwrap_or(u64::MAX)).collect()
}

fn without_digits(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len());
    for character in word.chars() {
        if !character.is_numeric() {
            pattern.push(character);
        } else if !pattern.ends_with('#') {
            pattern.push('#');
        }
    }
    pattern
}

/// A number alone, in the forms of page numbers; the text is a pattern.
pub(super) fn is_page_number(pattern: &str) -> bool {
    let plain: String = pattern
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2013}' | '\u{2014}' | '|' | '.'))
        .collect();
    let roman = !plain.is_empty() && plain.len() <= 6 && plain.chars().all(|c| "ivxlc".contains(c));
    roman || lexicon::has(lexicon::PAGE_NUMBERS, &plain)
}
