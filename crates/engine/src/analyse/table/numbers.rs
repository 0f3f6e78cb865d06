//! Which words of a table are numbers.

use crate::model::Word;

/// A number, with its signs and units, or a sign that stands for one.
pub(super) fn is_numeric(words: &[Word]) -> bool {
    let (mut digits, mut letters, mut others) = (0, 0, 0);
    let words = without_currency(words);
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

/// The words without the code of a currency beside a number, as in `EUR 1.60`.
fn without_currency(words: &[Word]) -> &[Word] {
    let is_code = |word: &Word| {
        word.text.len() == 3 && word.text.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    let is_amount = |word: &Word| word.text.starts_with(|c: char| c.is_ascii_digit());
    match words {
        [code, amount] if is_code(code) && is_amount(amount) => std::slice::from_ref(amount),
        [amount, code] if is_code(code) && is_amount(amount) => std::slice::from_ref(amount),
        _ => words,
    }
}
