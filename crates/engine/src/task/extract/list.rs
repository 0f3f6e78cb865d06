//! Finds several values for one property: parties, items of a list, everything of a form.

use docket_contract::results::{Extracted, ExtractedValue};

use super::candidate::{Candidate, Source};
use super::clauses::parties::parties;
use super::kinds::Kind;
use super::labels::labels;
use super::run::Run;
use super::scalar::{by_label, extracted};
use super::slots::slots;
use super::ticks::answers;
use super::values::read;
use super::wish::Wish;

/// Values of one list at most.
const VALUES_MAX: usize = 200;
/// A label must fit this well before its neighbours become a list.
const LABEL_MIN: f64 = 0.5;
/// Less than this is no item.
const ITEM_MIN: f64 = 0.35;

/// The values of a wish for a list of scalars.
pub(super) fn find_all(source: Source<'_>, wish: &Wish) -> Extracted {
    let mut found = match wish.kind {
        Kind::Name if wish.is_about("party") => parties(source),
        // Their form alone tells what they are.
        Kind::Email | Kind::Iban | Kind::Url => everywhere(source, wish),
        // Several boxes of a group may be checked.
        Kind::Choice(ref choices) if answers::offers(source, choices) => {
            let mut ticked = answers::candidates(source, wish);
            ticked.retain(|candidate| candidate.score >= ITEM_MIN);
            return distinct(source, ticked);
        }
        _ => Vec::new(),
    };
    if found.is_empty() {
        found = labelled(source, wish);
    }
    distinct(source, found)
}

/// Every value once.
fn distinct(source: Source<'_>, mut found: Vec<Candidate>) -> Extracted {
    let mut seen = std::collections::HashSet::new();
    found.retain(|candidate| seen.insert(candidate.reading.key.clone()));
    found.truncate(VALUES_MAX);
    gathered(found.into_iter().map(|one| extracted(source.index, one)).collect())
}

fn gathered(items: Vec<Extracted>) -> Extracted {
    if items.is_empty() {
        return Extracted::default();
    }
    let score = items.iter().map(|item| item.score).fold(1.0, f64::min);
    let page = items.iter().filter_map(|item| item.page).min();
    Extracted { value: ExtractedValue::Scalars(items), score, page, boxes: Vec::new() }
}

fn everywhere(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let run = &source.prose.run;
    let readings = read(wish, &run.text, source.day_first);
    let candidate = |reading: super::values::Reading| {
        let words = run.touching(reading.start, reading.end);
        Candidate { words, score: 0.8 * reading.quality, reading }
    };
    readings.into_iter().map(candidate).collect()
}

/// The values at the best label, split where a list is.
fn labelled(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let index = source.index;
    let Some(label) = labels(index, wish).into_iter().find(|label| label.quality >= LABEL_MIN)
    else {
        return Vec::new();
    };
    if !matches!(wish.kind, Kind::Text | Kind::Name | Kind::Choice(_)) {
        let mut found = by_label(source, wish);
        found.retain(|candidate| candidate.score >= LABEL_MIN);
        return found;
    }
    let Some(slot) = slots(index, wish, &label).into_iter().next() else { return Vec::new() };
    let Some(words) = source.ticks.chosen(slot.words, &label.words) else { return Vec::new() };
    let run = Run::new(index, words);
    let mut found = Vec::new();
    let mut start = 0;
    for whole in run.text.split_inclusive([',', ';', '•', '|']) {
        let piece = whole.trim_end_matches([',', ';', '•', '|']);
        let score = label.quality * slot.position;
        for reading in read(wish, piece, source.day_first) {
            let (from, to) = (start + reading.start, start + reading.end);
            let words = run.touching(from, to);
            let score = score * reading.quality;
            if score >= ITEM_MIN {
                found.push(Candidate { words, score, reading });
            }
        }
        start += whole.len();
    }
    found
}
