//! Where the value of a label can stand: behind it, right of it, or below it.

mod below;
mod cells;
mod continued;
mod right;

use self::below::below;
pub(super) use self::cells::Slot;
use self::cells::wants_number;
pub(super) use self::cells::{is_label_like, starts_total};
use self::continued::continued;
use self::right::right_of;
use super::index::Index;
use super::kinds::Kind;
use super::labels::{Label, closes};
use super::vocabulary::is_known;
use super::wish::Wish;
use crate::lexicon::{SENTENCE_WORDS, has};

/// The slots of a label, nearest first.
pub(super) fn slots(index: &Index, wish: &Wish, label: &Label) -> Vec<Slot> {
    let cell = index.words[label.words.start].cell;
    let mut slots = Vec::new();
    let rest = rest_of_cell(index, label, cell);
    let lone = rest.is_empty();
    if !lone {
        let position = if label.closed { 1.0 } else { open_rest(index, wish, &rest) };
        slots.push(Slot { words: continued(index, wish, rest, label), position });
    }
    if lone || wants_number(&wish.kind) {
        slots.extend(right_of(index, wish, label, cell));
    }
    if lone {
        slots.extend(below(index, wish, label, cell));
    }
    slots
}

/// Words behind a label without a colon: a value or the rest of a sentence.
fn open_rest(index: &Index, wish: &Wish, rest: &[usize]) -> f64 {
    let typed = !matches!(wish.kind, Kind::Text | Kind::Name | Kind::Address | Kind::Choice(_));
    let first = index.words[rest[0]].text.chars().next();
    let proper = first.is_some_and(|letter| !letter.is_lowercase());
    match (typed, proper) {
        (true, _) if rest.len() <= 8 => 0.95,
        (true, _) => 0.7,
        (false, true) if rest.len() <= 8 => {
            if is_sentence(index, index.words[rest[0]].cell) {
                0.25
            } else {
                0.85
            }
        }
        (false, _) => 0.4,
    }
}

/// So many words make a sentence, if one of them is a word of sentences.
const SENTENCE_MIN: usize = 5;

/// The cell is a sentence, or a piece of one.
fn is_sentence(index: &Index, cell: usize) -> bool {
    let words = &index.words[index.cells[cell].words.clone()];
    words.len() >= SENTENCE_MIN
        && words.iter().any(|word| {
            let bare = word.text.trim_matches(|sign: char| !sign.is_alphanumeric());
            has(SENTENCE_WORDS, &bare.to_lowercase())
        })
}

/// The words between the label and the next label of the same cell.
fn rest_of_cell(index: &Index, label: &Label, cell: usize) -> Vec<usize> {
    let words = label.words.end..index.cells[cell].words.end;
    let mut rest: Vec<usize> = words.collect();
    let next = rest.iter().position(|word| is_inner_label(index, *word));
    if let Some(next) = next {
        let mut end = next;
        // What names the next label belongs to it.
        while end > 0 && is_form_word(index, rest[end - 1]) {
            end -= 1;
        }
        rest.truncate(end);
    }
    while rest.first().is_some_and(|word| !has_letter(&index.words[*word].text)) {
        let sign = &index.words[rest[0]].text;
        if sign.contains(['$', '€', '£', '(', '#', '-', '☒', '☑', '✓', '✔', '☐']) {
            break;
        }
        rest.remove(0);
    }
    rest
}

fn has_letter(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn is_inner_label(index: &Index, word: usize) -> bool {
    let text = &index.words[word].text;
    closes(text) && text.chars().filter(|letter| letter.is_alphabetic()).count() >= 2
}

fn is_form_word(index: &Index, word: usize) -> bool {
    let concepts = &index.words[word].concepts;
    !concepts.is_empty() && concepts.iter().all(|concept| is_known(concept))
}
