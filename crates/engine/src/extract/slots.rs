//! Where the value of a label can stand: behind it, right of it, or below it.

use super::index::{Area, Cell, Index};
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
/// Lines of a column that are walked down from its header.
const COLUMN_LINES_MAX: usize = 80;

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
    let meant: Vec<&String> = words.iter().flat_map(|word| &word.concepts).collect();
    let known = meant.iter().filter(|concept| is_known(concept)).count();
    starts || (!meant.is_empty() && known * 3 >= meant.len() * 2 + 1 && known > 0)
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
    // Of the figures in a row of totals the last one is the sum.
    let count = slots.len();
    for (at, slot) in slots.iter_mut().enumerate() {
        slot.position *= if at + 1 == count { 1.0 } else { 0.9 };
    }
    slots
}

/// Drops "Name:" from the start of a value.
fn without_lead(index: &Index, wish: &Wish, mut words: Vec<usize>) -> Vec<usize> {
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

fn below(index: &Index, wish: &Wish, label: &Label, cell: usize) -> Vec<Slot> {
    let here = &index.cells[cell];
    let line = index.line_of(here);
    let column = column_of(index, cell);
    let reach = (4.0 * here.area.height()).clamp(24.0, 60.0);
    let mut slots = Vec::new();
    let mut trust = 0.9;
    let mut bottom = here.area.bottom;
    let mut walked = 0;
    for next in here.line + 1..index.lines.len() {
        let lower = &index.lines[next];
        walked += 1;
        if lower.page != line.page || lower.area.top - bottom > reach || walked > COLUMN_LINES_MAX {
            break;
        }
        let figures = wants_figures(&wish.kind);
        if figures {
            bottom = lower.area.bottom;
        }
        let Some(found) = cell_in(index, next, &column, figures) else { continue };
        let value = &index.cells[found];
        bottom = value.area.bottom;
        if is_sub_label(index, wish, value) {
            let rest = right_of(index, wish, label, found);
            slots.extend(
                rest.into_iter().map(|slot| Slot { position: 0.9 * slot.position, ..slot }),
            );
            trust *= 0.98;
            continue;
        }
        if is_label_like(index, value) {
            break;
        }
        let words: Vec<usize> = value.words.clone().collect();
        let total = starts_total(index, next);
        let position = if total { 0.97 } else { trust };
        slots.push(Slot { words: continued(index, wish, words, label), position });
        if total || (!wants_figures(&wish.kind) && slots.len() >= 2) {
            break;
        }
        trust = (0.8 * trust).max(0.5);
    }
    // A column of many figures without a sum holds no single value.
    if wants_figures(&wish.kind) && slots.len() > 1 && slots.iter().all(|slot| slot.position < 0.95)
    {
        slots.iter_mut().for_each(|slot| slot.position *= 0.5);
    }
    slots
}

/// The room below a cell up to its neighbours.
fn column_of(index: &Index, cell: usize) -> Area {
    let here = index.cells[cell].area;
    let line = index.line_of(&index.cells[cell]);
    let left = if cell > line.cells.start {
        index.cells[cell - 1].area.right.max(here.left - 40.0)
    } else {
        here.left - 20.0
    };
    let right = if cell + 1 < line.cells.end {
        index.cells[cell + 1].area.left.max(here.right)
    } else {
        here.right + 120.0
    };
    Area { left, right, ..here }
}

/// The cell of a line that stands in a column, the one that shares most of it first.
fn cell_in(index: &Index, line: usize, column: &Area, figures: bool) -> Option<usize> {
    let shared = |cell: &usize| {
        let area = index.cells[*cell].area;
        area.shared_width(column) / (area.right - area.left).max(1.0)
    };
    let mut cells = index.lines[line].cells.clone().filter(|cell| shared(cell) > 0.3);
    // Several values below a wide label: the first one begins where the label does.
    if !figures && cells.clone().filter(|cell| shared(cell) > 0.95).count() > 1 {
        return cells.next();
    }
    cells.max_by(|a, b| {
        let width = |cell: &usize| index.cells[*cell].area.shared_width(column);
        width(a).total_cmp(&width(b))
    })
}

/// The line is a row of totals.
pub(super) fn starts_total(index: &Index, line: usize) -> bool {
    let cells = index.lines[line].cells.clone();
    let first = cells.into_iter().next().map(|cell| index.cells[cell].words.start);
    first.is_some_and(|word| {
        index.words[word..]
            .iter()
            .take(2)
            .any(|word| word.concepts.first().is_some_and(|concept| concept == "total"))
    })
}

/// Joins the lines on which a name or an address goes on.
fn continued(index: &Index, wish: &Wish, mut words: Vec<usize>, label: &Label) -> Vec<usize> {
    let lines_max = match wish.kind {
        Kind::Identifier => return with_suffix(index, words),
        Kind::Address => 4,
        Kind::Name | Kind::Text => 1,
        _ => return words,
    };
    let Some(first) = words.first().copied() else { return words };
    let left = index.words[first].area.left;
    for _ in 0..lines_max {
        let Some(last) = words.last().copied() else { break };
        let unfinished =
            matches!(wish.kind, Kind::Address) || is_unfinished(&index.words[last].text);
        if !unfinished {
            break;
        }
        let Some(next) = line_below(index, last, left) else { break };
        let cell = &index.cells[next];
        if is_label_like(index, cell) || cell.words.contains(&label.words.start) {
            break;
        }
        words.extend(cell.words.clone());
    }
    words
}

/// "272355 /" and the "3" of the next cell are one number.
fn with_suffix(index: &Index, mut words: Vec<usize>) -> Vec<usize> {
    let Some(last) = words.last().copied() else { return words };
    let cell = index.words[last].cell;
    let line = index.line_of(&index.cells[cell]);
    let suffix = index.cells.get(cell + 1).filter(|_| cell + 1 < line.cells.end);
    if let Some(suffix) = suffix.filter(|_| index.words[last].text == "/") {
        let text = &index.words[suffix.words.start].text;
        let short = text.len() <= 3 && text.chars().all(|letter| letter.is_ascii_digit());
        if short
            && suffix.words.len() == 1
            && suffix.area.left - index.words[last].area.right < 30.0
        {
            words.extend(suffix.words.clone());
        }
    }
    words
}

fn is_unfinished(word: &str) -> bool {
    let open = ["for", "of", "and", "the", "to", "in", "&", "de", "und", "von"];
    open.contains(&word.to_lowercase().as_str()) || word.ends_with(['-', '/', ','])
}

/// The cell just below a word that begins at `left`.
fn line_below(index: &Index, word: usize, left: f64) -> Option<usize> {
    let cell = index.cell_of(word);
    let line = index.line_of(cell);
    let height = cell.area.height().max(4.0);
    for next in cell.line + 1..(cell.line + 4).min(index.lines.len()) {
        let lower = &index.lines[next];
        if lower.page != line.page || lower.area.top > cell.area.bottom + height {
            return None;
        }
        let aligned = |at: &usize| (index.cells[*at].area.left - left).abs() < 0.8 * height;
        if let Some(found) = lower.cells.clone().find(aligned) {
            return Some(found);
        }
    }
    None
}
