//! Which words of a table are numbers.

use crate::model::Word;

/// A number, with its signs and units, or a sign that stands for one.
pub(super) fn is_numeric(words: &[Word]) -> bool {
    let (mut digits, mut letters, mut others) = (0, 0, 0);
    for c in words.iter().flat_map(|word| word.text.chars()) {
        if c.is_numeric() {
            digits += 1;
        } else if c.is_alphabetic() {
            letters += 1;
        } else {
            others += 1;
        }
    }
    digits > letters || letters == 0 && others <= 3
}
