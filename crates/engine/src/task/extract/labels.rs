//! Finds the places that label a value, and tells how well each label fits a wish.

use std::collections::HashSet;
use std::ops::Range;

use super::index::Index;
use super::kinds::Kind;
use super::vocabulary::{Weight, concepts, is_known, weight};
use super::wish::{Phrase, Wish};

/// Words of one cell that label a value.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub words: Range<usize>,
    /// How well it fits, 0 to 1.
    pub quality: f64,
    /// A colon or its like ends it.
    pub closed: bool,
}

/// Places looked at per concept; a word that stands in more of them is no label.
const PLACES_MAX: usize = 5_000;
/// A label fits from this quality on.
const QUALITY_MIN: f64 = 0.25;
/// Labels that are followed; the best ones come first.
const LABELS_MAX: usize = 200;

/// The labels that fit a wish, the best first.
pub(super) fn labels(index: &Index, wish: &Wish) -> Vec<Label> {
    let mut seen: HashSet<(usize, usize)> = HashSet::new();
    let mut found = Vec::new();
    for phrase in &wish.phrases {
        for anchor in anchors(phrase) {
            for at in index.positions(anchor).iter().take(PLACES_MAX) {
                let Some((words, closed)) = span(index, *at) else { continue };
                if !seen.insert((words.start, words.end)) {
                    continue;
                }
                let quality = quality(index, wish, words.clone());
                if quality >= QUALITY_MIN {
                    found.push(Label { words, quality, closed });
                }
            }
        }
    }
    found.sort_by(|a, b| b.quality.total_cmp(&a.quality).then(a.words.start.cmp(&b.words.start)));
    found.truncate(LABELS_MAX);
    prefer_first(index, &mut found);
    found
}

/// Of several labels that only say "Name" or "Date" the first one is meant: forms ask for their own
/// subject first.
fn prefer_first(index: &Index, labels: &mut [Label]) {
    let mut vague = 0;
    for label in labels {
        let mut concepts = index.words[label.words.clone()].iter().flat_map(|word| &word.concepts);
        if concepts.all(|concept| weight(concept) == Weight::Generic || is_figure(concept)) {
            label.quality *= 1.0 - 0.08 * f64::from(vague.min(5));
            vague += 1;
        }
    }
}

fn is_figure(concept: &str) -> bool {
    concept.bytes().all(|sign| sign.is_ascii_digit())
}

/// The concepts whose places are looked at: those that tell fields apart, if there are any.
fn anchors(phrase: &Phrase) -> impl Iterator<Item = &str> {
    let generic = phrase.is_generic();
    let concepts = phrase.concepts.iter().map(String::as_str);
    concepts.filter(move |concept| generic || weight(concept) == Weight::Specific)
}

/// A word ends the label.
pub(super) fn closes(text: &str) -> bool {
    text.ends_with([':', '=', '?', '：']) || (text.len() > 1 && text.ends_with('#'))
}

/// A label that no colon ends may have this many words before its known one.
const LEAD_MAX: usize = 8;

/// The label around a word, and whether a colon ends it; nothing where running text stands.
fn span(index: &Index, at: usize) -> Option<(Range<usize>, bool)> {
    let cell = index.cell_of(at);
    let mut start = at;
    while start > cell.words.start {
        let before = &index.words[start - 1].text;
        if closes(before) || is_value_like(before) {
            break;
        }
        start -= 1;
    }
    let (end, closed) = span_end(index, at, cell.words.end);
    if at - start > LEAD_MAX && !closed {
        return None;
    }
    // A label begins its cell, or something ended before it.
    let begins = start == cell.words.start || closes(&index.words[start - 1].text);
    (begins || closed).then_some((start..end, closed))
}

fn span_end(index: &Index, at: usize, limit: usize) -> (usize, bool) {
    let ahead = (at..limit.min(at + LEAD_MAX + 4))
        .take_while(|word| *word == at || !is_value_like(&index.words[*word].text));
    if let Some(end) = ahead.into_iter().find(|word| closes(&index.words[*word].text)) {
        return (end + 1, true);
    }
    let mut end = at + 1;
    for next in at + 1..limit {
        let word = &index.words[next];
        if is_value_like(&word.text) {
            break;
        }
        let known = word.concepts.iter().all(|concept| is_known(concept));
        if known && !word.concepts.is_empty() {
            end = next + 1;
        } else if !word.concepts.is_empty() {
            break;
        }
    }
    while index.words.get(end).is_some_and(|word| end < limit && is_sign(&word.text)) {
        end += 1;
    }
    let closed = closes(&index.words[end - 1].text) || index.words[end - 1].text.trim() == "#";
    (end, closed)
}

fn is_sign(text: &str) -> bool {
    !text.contains(char::is_alphanumeric) && text.contains([':', '=', '#', '.', ')'])
}

/// Figures are values; the number of a form's box ("8.") is not.
fn is_value_like(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let boxed = digits <= 2 && text.ends_with(['.', ')']);
    digits > 0 && !boxed
}

/// How well a label fits a wish.
fn quality(index: &Index, wish: &Wish, words: Range<usize>) -> f64 {
    let text = index.text(words);
    let whole = fit(wish, &concepts(&text));
    // "Contract / Revision" labels two things at once.
    let parts = text.split(" / ").chain(text.split('/'));
    let part = parts.map(|part| fit(wish, &concepts(part))).fold(0.0, f64::max);
    let lengthy = if text.split_whitespace().count() > 9 { 0.8 } else { 1.0 };
    whole.max(0.95 * part) * lengthy
}

/// How well concepts fit the best phrase of a wish.
pub(super) fn fit(wish: &Wish, label: &[String]) -> f64 {
    // The number of a form's box is no word of the label.
    let boxed = label.first().is_some_and(|first| is_figure(first));
    let label: Vec<&str> = without_tax_words(&label[usize::from(boxed && label.len() > 1)..]);
    let conflict = if conflicts(wish, &label) { 0.35 } else { 1.0 };
    let phrases = wish.phrases.iter().map(|phrase| phrase_fit(wish, phrase, &label));
    conflict * phrases.fold(0.0, f64::max)
}

/// "before tax" and "excluding VAT" say the same as "net".
fn without_tax_words(label: &[String]) -> Vec<&str> {
    let net = label.iter().any(|concept| concept == "net");
    let keep = |concept: &&str| !(net && *concept == "tax");
    let kept: Vec<&str> = label.iter().map(String::as_str).filter(keep).collect();
    if kept.is_empty() { label.iter().map(String::as_str).collect() } else { kept }
}

/// Concepts that turn a label into one of another field.
const TURNING: &[&str] = &[
    "alternate",
    "print",
    "due",
    "agency",
    "previous",
    "shipping",
    "billing",
    "entered",
    "birth",
    "fax",
    "contact",
    "bank",
];

fn wanted_weight(concept: &str) -> f64 {
    match weight(concept) {
        Weight::Generic => 0.2,
        Weight::Paper => 0.6,
        Weight::Specific => 1.0,
    }
}

fn spare_weight(concept: &str) -> f64 {
    if TURNING.contains(&concept) {
        return 2.0;
    }
    match weight(concept) {
        Weight::Generic => 0.3,
        Weight::Paper => 0.2,
        Weight::Specific => 1.0,
    }
}

fn phrase_fit(wish: &Wish, phrase: &Phrase, label: &[&str]) -> f64 {
    let wanted: Vec<&str> = phrase.concepts.iter().map(String::as_str).collect();
    let wanted: Vec<&str> = if wanted.contains(&"net") {
        wanted.into_iter().filter(|concept| *concept != "tax").collect()
    } else {
        wanted
    };
    let met = |concept: &&&str| label.contains(*concept);
    let generic = wanted.iter().all(|concept| weight(concept) != Weight::Specific);
    let hit =
        wanted.iter().filter(met).any(|concept| generic || weight(concept) == Weight::Specific);
    if !hit {
        return 0.0;
    }
    let whole: f64 = wanted.iter().map(|concept| wanted_weight(concept)).sum();
    let matched: f64 = wanted.iter().filter(met).map(|concept| wanted_weight(concept)).sum();
    let spare = label.iter().filter(|concept| !wanted.contains(*concept));
    // What the description speaks of is no sign of another field.
    let told = |concept: &str| !TURNING.contains(&concept) && wish.is_about(concept);
    let spare: f64 =
        spare.map(|concept| spare_weight(concept) * if told(concept) { 0.3 } else { 1.0 }).sum();
    let recall = matched / whole;
    let precision = matched / (matched + spare);
    phrase.weight * recall.powf(1.2) * (0.35 + 0.65 * precision)
}

/// The label asks for a kind of value that the wish does not.
fn conflicts(wish: &Wish, label: &[&str]) -> bool {
    let others: &[&str] = match wish.kind {
        Kind::Identifier => &["date", "amount", "address", "period", "total", "quantity"],
        Kind::Date => &["number", "amount", "code", "total", "price", "name"],
        Kind::Amount => &["number", "date", "code", "quantity", "period", "percent"],
        Kind::Name => {
            &["number", "date", "amount", "code", "reference", "telephone", "total", "email", "fax"]
        }
        Kind::Address => &["number", "date", "amount", "email", "website"],
        _ => return false,
    };
    let opposed = opposite("gross", "net", wish, label) || opposite("net", "gross", wish, label);
    opposed || label.iter().any(|concept| others.contains(concept) && !wish.is_about(concept))
}

/// The wish is about the one and the label about the other.
fn opposite(one: &str, other: &str, wish: &Wish, label: &[&str]) -> bool {
    wish.is_about(one) && !wish.is_about(other) && label.contains(&other) && !label.contains(&one)
}
