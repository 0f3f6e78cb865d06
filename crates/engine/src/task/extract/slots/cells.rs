//! What cells look like: labels, parts of labels, totals.

use crate::task::extract::index::{Cell, Index};
use crate::task::extract::kinds::Kind;
use crate::task::extract::labels::closes;
use crate::task::extract::vocabulary::{Weight, is_known, weight};
use crate::task::extract::wish::Wish;

/// Words that may hold a label's value.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub words: Vec<usize>,
    /// How likely a value stands there, 0 to 1.
    pub position: f64,
}

/// The cell looks like a label itself.
pub(crate) fn is_label_like(index: &Index, cell: &Cell) -> bool {
    let words = &index.words[cell.words.clone()];
    let Some(last) = words.last() else { return false };
    let text = |word: &crate::task::extract::index::Word| word.text.clone();
    if closes(&last.text) {
        return true;
    }
    let figures = words.iter().any(|word| {
        let digits = word.text.chars().filter(char::is_ascii_digit).count();
        digits > 0 && !(digits <= 2 && text(word).ends_with(['.', ')']))
    });
    if figures || words.len() > 7 {
        return false;
    }
    let starts = words.iter().take(4).any(|word| closes(&word.text));
    let meant: Vec<&String> = words
        .iter()
        .flat_map(|word| &word.concepts)
        .filter(|concept| !concept.bytes().all(|sign| sign.is_ascii_digit()))
        .collect();
    let known = meant.iter().filter(|concept| is_known(concept)).count();
    starts || (!meant.is_empty() && known * 3 >= meant.len() * 2)
}

/// A label that says no more than what kind of value follows: "Name:", "No.".
pub(super) fn is_sub_label(index: &Index, wish: &Wish, cell: &Cell) -> bool {
    let words = &index.words[cell.words.clone()];
    let mut meant = words.iter().flat_map(|word| &word.concepts);
    words.len() <= 2
        && meant.clone().next().is_some()
        && meant.all(|concept| {
            weight(concept) == Weight::Generic && (wish.is_about(concept) || concept == "name")
        })
}

pub(super) fn wants_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Amount | Kind::Number | Kind::Percent)
}

/// Drops "Name:" from the start of a value.
pub(super) fn without_lead(index: &Index, wish: &Wish, mut words: Vec<usize>) -> Vec<usize> {
    let says_name = |word: &usize| index.words[*word].concepts == ["name"];
    if wish.kind == Kind::Name && words.len() > 1 && words.first().is_some_and(says_name) {
        words.remove(0);
        return words;
    }
    let lead = words.iter().take(3).position(|word| closes(&index.words[*word].text));
    if let Some(lead) = lead {
        let generic = words[..=lead]
            .iter()
            .flat_map(|word| &index.words[*word].concepts)
            .all(|concept| weight(concept) == Weight::Generic && wish.is_about(concept));
        if generic && lead + 1 < words.len() {
            words.drain(..=lead);
        }
    }
    words
}

/// The line is a row of totals.
pub(crate) fn starts_total(index: &Index, line: usize) -> bool {
    let cells = index.lines[line].cells.clone();
    let first = cells.into_iter().next().map(|cell| index.cells[cell].words.start);
    first.is_some_and(|word| {
        index.words[word..]
            .iter()
            .take(2)
            .any(|word| word.concepts.first().is_some_and(|concept| concept == "total"))
    })
}
