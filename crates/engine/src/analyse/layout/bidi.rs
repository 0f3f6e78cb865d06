//! Right-to-left scripts: lines are built as they look and then brought into the order of reading.
//!
//! A small part of the Unicode bidirectional algorithm: words of one direction are taken as a whole,
//! numbers and Latin words keep their order within a line that runs to the left.

use crate::model::{Line, Word, is_rtl, runs_left};

fn is_rtl_word(word: &Word) -> bool {
    word.text
        .chars()
        .any(|c| is_rtl(c) && !matches!(c, '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}'))
}

/// Brings the words of a line from the order of sight into the order of reading.
pub(crate) fn to_reading_order(line: &mut Line) {
    if !line.words.iter().any(is_rtl_word) {
        return;
    }
    for word in line.words.iter_mut().filter(|word| is_rtl_word(word)) {
        word.text = mirrored(&word.text);
        word.scripts.clear();
    }
    if runs_left(line) {
        line.words.reverse();
        reverse_runs(&mut line.words, |word| !is_rtl_word(word) && has_letters_or_digits(word));
    } else {
        reverse_runs(&mut line.words, is_rtl_word);
    }
}

fn has_letters_or_digits(word: &Word) -> bool {
    word.text.chars().any(char::is_alphanumeric)
}

fn reverse_runs(words: &mut [Word], belongs: impl Fn(&Word) -> bool) {
    let mut start = 0;
    while start < words.len() {
        let length = words[start..].iter().take_while(|word| belongs(word)).count();
        words[start..start + length].reverse();
        start += length.max(1);
    }
}

/// The characters backwards, brackets turned around, numbers kept.
fn mirrored(text: &str) -> String {
    let turned = |character: char| match character {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '<' => '>',
        '>' => '<',
        '\u{AB}' => '\u{BB}',
        '\u{BB}' => '\u{AB}',
        other => other,
    };
    let mut characters: Vec<char> = text.chars().rev().map(turned).collect();
    let mut start = 0;
    while start < characters.len() {
        let digit = |c: &char| c.is_numeric() || c.is_ascii_alphabetic();
        let length = characters[start..].iter().take_while(|c| digit(c)).count();
        characters[start..start + length].reverse();
        start += length.max(1);
    }
    characters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_turn_around_and_numbers_do_not() {
        assert_eq!(mirrored("\u{5DD}\u{5D5}\u{5DC}\u{5E9}"), "\u{5E9}\u{5DC}\u{5D5}\u{5DD}");
        assert_eq!(mirrored("12(\u{5D0}"), "\u{5D0})12");
    }
}
