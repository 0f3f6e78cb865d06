//! Where the value of a label can stand: behind it, right of it, or below it.

mod below;
mod continued;

use self::below::below;
pub(super) use self::below::starts_total;
use self::continued::continued;
use super::index::{Cell, Index};
use super::kinds::Kind;
use super::labels::{Label, closes};
use super::vocabulary::{Weight, is_known, weight};
use super::wish::Wish;

/// Words that may hold a label's value.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub words: Vec<usize>,
    /// How likely a value stands there, 0 to 1.
    pub position: f64,
}

/// A value stands at most this far right of its label, in points.
const REACH_RIGHT: f64 = 320.0;

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
    if lone || wants_figures(&wish.kind) {
        slots.extend(right_of(index, wish, label, cell));
    }
    if lone {
        slots.extend(below(index, wish, label, cell));
    }
    slots
}

fn wants_figures(kind: &Kind) -> bool {
    matches!(kind, Kind::Amount | Kind::Number | Kind::Percent)
}

/// Words behind a label without a colon: a value or the rest of a sentence.
fn open_rest(index: &Index, wish: &Wish, rest: &[usize]) -> f64 {
    let typed = !matches!(wish.kind, Kind::Text | Kind::Name | Kind::Address | Kind::Choice(_));
    let first = index.words[rest[0]].text.chars().next();
    let proper = first.is_some_and(|letter| !letter.is_lowercase());
    match (typed, proper) {
        (true, _) if rest.len() <= 8 => 0.95,
        (true, _) => 0.7,
        (false, true) if rest.len() <= 8 => 0.85,
        (false, _) => 0.4,
    }
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

/// The cell looks like a label itself.
pub(super) fn is_label_like(index: &Index, cell: &Cell) -> bool {
    let words = &index.words[cell.words.clone()];
    let Some(last) = words.last() else { return false };
    let text = |word: &super::index::Word| word.text.clone();
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
fn is_sub_label(index: &Index, wish: &Wish, cell: &Cell) -> bool {
    let words = &index.words[cell.words.clone()];
    let mut meant = words.iter().flat_map(|word| &word.concepts);
    words.len() <= 2
        && meant.clone().next().is_some()
        && meant.all(|concept| {
            weight(concept) == Weight::Generic && (wish.is_about(concept) || concept == "name")
        })
}

fn right_of(index: &Index, wish: &Wish, label: &Label, cell: usize) -> Vec<Slot> {
    let line = index.line_of(&index.cells[cell]);
    let mut slots: Vec<Slot> = Vec::new();
    let mut edge = index.cells[cell].area.right;
    let mut trust = 0.97;
    for next in cell + 1..line.cells.end {
        let right = &index.cells[next];
        let gap = right.area.left - edge;
        if gap > REACH_RIGHT {
            trust *= 0.7;
        }
        if is_sub_label(index, wish, right) && slots.is_empty() {
            (edge, trust) = (right.area.right, trust * 0.98);
            continue;
        }
        if is_label_like(index, right) {
            // Its first words label something else, unless a value stands in the same cell.
            break;
        }
        let words: Vec<usize> = right.words.clone().collect();
        let words = without_lead(index, wish, words);
        slots.push(Slot { words: continued(index, wish, words, label), position: trust });
        if !wants_figures(&wish.kind) {
            break;
        }
        edge = right.area.right;
    }
    if slots.is_empty() && line.cells.end == cell + 1 {
        slots.extend(
            beside(index, cell)
                .map(|words| Slot { words: continued(index, wish, words, label), position: 0.93 }),
        );
    }
    // Of the figures in a row of totals the last one is the sum.
    let count = slots.len();
    for (at, slot) in slots.iter_mut().enumerate() {
        slot.position *= if at + 1 == count { 1.0 } else { 0.9 };
    }
    slots
}

/// The words right of a cell that stand a little higher or lower than it.
fn beside(index: &Index, cell: usize) -> Option<Vec<usize>> {
    let here = &index.cells[cell];
    let line = here.line;
    let near = line.saturating_sub(2)..(line + 3).min(index.lines.len());
    let cells = near
        .filter(|other| *other != line && index.lines[*other].page == index.lines[line].page)
        .flat_map(|other| index.lines[other].cells.clone());
    let level = |other: &usize| {
        let area = index.cells[*other].area;
        let shared = area.bottom.min(here.area.bottom) - area.top.max(here.area.top);
        shared > 0.3 * area.height().min(here.area.height()) && area.left > here.area.right
    };
    let left = |other: &usize| index.cells[*other].area.left;
    let nearest = cells.filter(level).min_by(|a, b| left(a).total_cmp(&left(b)))?;
    let close = left(&nearest) - here.area.right < REACH_RIGHT;
    let free = close && !is_label_like(index, &index.cells[nearest]);
    free.then(|| index.cells[nearest].words.clone().collect())
}

/// Drops "Name:" from the start of a value.
fn without_lead(index: &Index, wish: &Wish, mut words: Vec<usize>) -> Vec<usize> {
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
