//! Whether the Markdown and the HTML of a segment have all letters of its text.

use super::markup::Forms;
use crate::model::{Tally, Unit};

/// How many letters and digits of a text its Markdown or its HTML lack. Both have them in the same
/// order, with more between them.
pub(super) fn unwritten(forms: &Forms) -> u64 {
    lacking(&forms.content, &forms.markdown).max(lacking(&forms.content, &forms.html))
}

fn lacking(text: &str, written: &str) -> u64 {
    if is_within(text, written) {
        return 0;
    }
    let mut left = written.chars();
    if letters(text).all(|letter| left.any(|other| other == letter)) {
        return 0;
    }
    let tally = |text: &str| {
        let mut tally = Tally::new(Unit::Characters);
        letters(text).for_each(|letter| tally.add_character(letter));
        tally
    };
    tally(text).missing_in(&tally(written)).max(1)
}

/// A quick look, which most texts pass: they stand there as they are, or with signs between their
/// letters.
fn is_within(text: &str, written: &str) -> bool {
    let behind_tag = |at: usize| written[at + 1..].starts_with(text);
    if written.ends_with(text) || written.find('>').is_some_and(behind_tag) {
        return true;
    }
    let counts = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let mut left = written.bytes();
    text.bytes().filter(counts).all(|byte| left.any(|other| other == byte))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| character.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::lacking;

    #[test]
    fn letters_that_are_not_written_are_counted() {
        for (text, written, count) in [
            ("one two", "one two", 0),
            ("one two", "<p>one two</p>", 0),
            ("a & b", "<p><b>a</b> &amp; b</p>", 0),
            ("\u{2022} caf\u{E9} 3", "- caf\u{E9} **3**", 0),
            ("a\tb\nc", "| a | b |\n| --- | --- |\n| c |", 0),
            ("one two", "one", 3),
            ("caf\u{E9}", "caf", 2),
            ("ab", "ba", 1),
        ] {
            assert_eq!(lacking(text, written), count, "{text} in {written}");
        }
    }
}
