//! Finds values in running text by the words that lead to them: the law that governs a contract,
//! the day it takes effect, how long it lasts, and sentences about what a property names.

mod letterhead;
mod mentions;
pub(super) mod parties;

use super::candidate::{Candidate, Source};
use super::kinds::Kind;
use super::values::{Reading, read};
use super::vocabulary::{Weight, weight};
use super::wish::Wish;

/// The candidates that the running text offers.
pub(super) fn candidates(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let mut found = match wish.kind {
        Kind::Jurisdiction => governing_law(source, wish),
        Kind::Duration => durations(source, wish),
        Kind::Date if is_effective(wish) => effective_dates(source, wish),
        Kind::Date => mentions::first_date(source, wish),
        Kind::Name | Kind::Address => letterhead::issuer(source, wish),
        Kind::Choice(ref choices) => mentions::choices(source, wish, choices),
        Kind::Iban | Kind::Bic | Kind::Email => mentions::only_one(source, wish),
        _ => Vec::new(),
    };
    found.extend(sentences(source, wish));
    found
}

/// The first value of the wish's kind in a range of the text.
fn first_value(source: Source<'_>, wish: &Wish, range: std::ops::Range<usize>) -> Option<Reading> {
    let reading = read(wish, &source.prose.run.text[range.clone()], source.day_first);
    reading.into_iter().next().map(|reading| moved(reading, range.start))
}

fn moved(reading: Reading, by: usize) -> Reading {
    Reading { start: reading.start + by, end: reading.end + by, ..reading }
}

fn candidate(source: Source<'_>, reading: Reading, score: f64) -> Candidate {
    let words = source.prose.run.touching(reading.start, reading.end);
    Candidate { words, reading, score }
}

/// "governed by the laws of the State of ..."
fn governing_law(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let prose = source.prose;
    let mut found = Vec::new();
    let cues = [
        "laws of",
        "law of",
        "governed by",
        "in accordance with",
        "courts of",
        "state of",
        "commonwealth of",
        "province of",
    ];
    for cue in cues {
        for at in prose.places(cue) {
            let behind = prose.after(at + cue.len(), 90);
            let Some(reading) = first_value(source, wish, behind) else { continue };
            let lead = &prose.lower[prose.before(at, 220)];
            let governs = ["governed", "construed", "governing law", "interpret", "applicable law"]
                .iter()
                .any(|word| lead.contains(word));
            let rest = &prose.lower[prose.after(reading.end, 200)];
            let governs = governs || (!cue.ends_with("state of") && rest.contains("govern"));
            let score = match cue {
                "state of" | "commonwealth of" | "province of" if governs => 0.8,
                "laws of" | "law of" if governs => 0.95,
                "laws of" | "law of" => 0.5,
                "courts of" => 0.4,
                // "governed by New York law"
                _ if prose.lower[prose.after(reading.end, 6)].trim().starts_with("law") => 0.9,
                _ => continue,
            };
            let score = score * reading.quality;
            found.push(candidate(source, reading, score));
        }
    }
    found
}

fn is_effective(wish: &Wish) -> bool {
    wish.is_about("effective")
        || (wish.is_about("agreement") || wish.is_about("contract")) && wish.end.is_none()
}

/// Bytes of the text in which a contract introduces itself.
const OPENING: usize = 4_000;

/// "effective as of ...", "entered into this ... day of ...", or the date of a letter.
fn effective_dates(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let prose = source.prose;
    let cues = [
        ("effective as of", 0.97),
        ("effective on", 0.9),
        ("effective date", 0.93),
        ("effective for all purposes", 0.95),
        ("effective", 0.8),
        ("dated as of", 0.92),
        ("dated", 0.85),
        ("entered into", 0.92),
        ("made as of", 0.92),
        ("made this", 0.92),
        ("made on", 0.85),
        ("as of", 0.8),
    ];
    let mut found = Vec::new();
    for (cue, trust) in cues {
        for at in prose.places(cue) {
            let behind = prose.after(at + cue.len(), 75);
            let Some(reading) = first_value(source, wish, behind) else { continue };
            let opening = if at < OPENING { 1.0 } else { 0.6 };
            let gap = (reading.start - at - cue.len()) as f64;
            let near = 1.0 - 0.002 * gap;
            found.push(candidate(source, reading, trust * opening * near));
        }
    }
    // "... 2002 (the “Effective Date”)"
    for at in prose.places("effective date").take_while(|at| *at < OPENING) {
        let lead = prose.before(at, 45);
        let readings = read(wish, &prose.run.text[lead.clone()], source.day_first);
        if let Some(reading) = readings.into_iter().next_back() {
            found.push(candidate(source, moved(reading, lead.start), 0.93));
        }
    }
    found.extend(letter_dates(source, wish));
    found
}

/// Lines at the start that hold a date and nothing else.
fn letter_dates(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let prose = source.prose;
    let opening = prose.after(0, 1_500);
    let mut start = 0;
    let mut found = Vec::new();
    for line in prose.run.text[opening].split('\n') {
        let range = start..start + line.len();
        start = range.end + 1;
        let Some(reading) = first_value(source, wish, range) else { continue };
        if reading.end - reading.start + 4 >= line.trim().len() {
            found.push(candidate(source, reading, 0.62));
        }
    }
    found
}

/// How long something lasts, judged by what the sentence speaks of.
fn durations(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let speaks_for: &[(&str, f64)] = &[
        ("term of this", 0.25),
        ("remain in", 0.25),
        ("in effect", 0.2),
        ("in force", 0.2),
        ("expire", 0.25),
        ("shall terminate", 0.2),
        ("will terminate", 0.2),
        ("survive", 0.15),
        ("obligation", 0.15),
        ("confidential", 0.1),
        ("this agreement", 0.1),
        ("the term", 0.15),
        ("term.", 0.2),
        ("term and termination", 0.15),
        ("from the date", 0.1),
        ("after the date", 0.1),
        ("from the day", 0.1),
        ("binds", 0.25),
        ("is bound", 0.25),
        ("are bound", 0.25),
        ("lasts", 0.2),
        ("continue", 0.15),
    ];
    let speaks_against = [
        "solicit",
        "standstill",
        "hire",
        "compet",
        "notice",
        "cure",
        "voting",
        "vote",
        "invite",
        "employment",
        "purchase",
        "acquire",
        "prior to",
        "preceding",
        "experience",
        "business day",
        "negotiation",
        "engage in",
        "thereafter",
    ];
    let prose = source.prose;
    let readings = read(wish, &prose.run.text, source.day_first);
    let judged = readings.into_iter().map(|reading| {
        let lead = &prose.lower[prose.before(reading.start, 180)];
        let rest = &prose.lower[prose.after(reading.end, 60)];
        let says = |word: &str| lead.contains(word) || rest.contains(word);
        let pro: f64 = speaks_for.iter().filter(|(word, _)| says(word)).map(|(_, plus)| plus).sum();
        let against =
            speaks_against.iter().filter(|word| says(word) && !wish.description.contains(**word));
        let against = 0.22 * against.count() as f64;
        let unit = if reading.key.ends_with("day") { 0.2 } else { 0.0 };
        let score = (0.3 + pro - against - unit).clamp(0.0, 0.92);
        candidate(source, reading, score)
    });
    judged.filter(|candidate| candidate.score >= 0.5).collect()
}

/// Sentences that name what is looked for and hold a value of its kind behind it.
fn sentences(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let typed = matches!(
        wish.kind,
        Kind::Amount
            | Kind::Percent
            | Kind::Date
            | Kind::Duration
            | Kind::Email
            | Kind::Phone
            | Kind::Number
            | Kind::Iban
    );
    if !typed || wish.end.is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for phrase in wish.phrases.iter().take(4).filter(|phrase| phrase.weight >= 0.8) {
        let telling: Vec<&str> = phrase
            .concepts
            .iter()
            .map(String::as_str)
            .filter(|concept| weight(concept) == Weight::Specific)
            .collect();
        let Some(anchor) = telling.last().copied() else { continue };
        found.extend(sentences_about(source, wish, anchor, &telling, phrase.weight));
    }
    found
}

/// Sentences are no labels: what they offer is worth half.
const SENTENCE_TRUST: f64 = 0.5;
/// Places of a concept that are looked at.
const SENTENCES_MAX: usize = 200;

fn sentences_about(
    source: Source<'_>,
    wish: &Wish,
    anchor: &str,
    telling: &[&str],
    trust: f64,
) -> Vec<Candidate> {
    let index = source.index;
    let mut found = Vec::new();
    for at in index.positions(anchor).iter().take(SENTENCES_MAX) {
        let near = at.saturating_sub(5)..(at + 1).min(index.words.len());
        let met = telling.iter().filter(|concept| {
            index.words[near.clone()].iter().any(|word| word.concepts.iter().any(|c| c == *concept))
        });
        if met.count() < telling.len() {
            continue;
        }
        let Some(start) = source.prose.start_of(*at) else { continue };
        let behind = source.prose.after(start, 110);
        let text = &source.prose.run.text[behind.clone()];
        let end = text.find(['\n', ';']).map_or(behind.end, |end| behind.start + end);
        let value = first_value(source, wish, behind.start..end);
        // In a sentence a bare figure is anything.
        if let Some(reading) = value.filter(|reading| reading.quality >= 0.8) {
            let gap = (reading.start - start) as f64;
            let score = SENTENCE_TRUST * trust * reading.quality * (1.0 - 0.004 * gap).max(0.4);
            found.push(candidate(source, reading, score));
        }
    }
    found
}
