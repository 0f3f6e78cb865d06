//! Finds one value for a wish: gathers candidates by label, clause and form, and takes the best.

use docket_contract::results::{Extracted, ExtractedValue};

use super::candidate::{Candidate, Source};
use super::clauses;
use super::index::Index;
use super::kinds::Kind;
use super::labels::labels;
use super::run::{Run, boxes};
use super::slots::slots;
use super::sums::prefer_sum;
use super::ticks::answers;
use super::values::read;
use super::wish::Wish;

/// Less than this is a guess, and a guess is not told.
const SCORE_MIN: f64 = 0.3;

/// Candidates that are weighed against one another, the best ones.
const CANDIDATES_MAX: usize = 300;

/// The best value for a wish.
pub(super) fn find(source: Source<'_>, wish: &Wish) -> Extracted {
    let mut candidates = by_label(source, wish);
    candidates.extend(clauses::candidates(source, wish));
    if let Kind::Choice(choices) = &wish.kind
        && answers::offers(source, choices)
    {
        // The label of an option says nothing of whether it is chosen.
        candidates.retain(|candidate| !source.ticks.is_option(&candidate.words));
    }
    candidates.extend(answers::candidates(source, wish));
    let of_parts = ["due", "balance", "paid", "net", "tax", "subtotal"];
    if wish.kind == Kind::Amount
        && wish.is_about("total")
        && !of_parts.iter().any(|part| wish.is_about(part))
    {
        prefer_sum(source.index, &mut candidates);
    }
    best(candidates).map_or_else(Extracted::default, |candidate| extracted(source.index, candidate))
}

/// The candidates that stand near a fitting label.
pub(super) fn by_label(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let index = source.index;
    let mut candidates = Vec::new();
    for label in labels(index, wish) {
        for slot in slots(index, wish, &label) {
            // Headings of clauses look like labels; a law is no long text.
            if wish.kind == Kind::Jurisdiction && (!label.closed || slot.words.len() > 6) {
                continue;
            }
            let Some(words) = source.ticks.chosen(slot.words, &label.words) else { continue };
            let run = Run::new(index, words);
            for (nth, reading) in read(wish, &run.text, source.day_first).into_iter().enumerate() {
                let order = if nth == 0 { 1.0 } else { 0.85 };
                let score = label.quality * slot.position * reading.quality * order;
                let words = run.touching(reading.start, reading.end);
                candidates.push(Candidate { words, reading, score });
            }
        }
    }
    candidates
}

/// The candidate with the highest score; equal values found twice support one another.
pub(super) fn best(mut candidates: Vec<Candidate>) -> Option<Candidate> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    candidates.truncate(CANDIDATES_MAX);
    let support = |candidate: &Candidate| {
        // Where pages repeat a value, some may cut it short.
        let same = candidates.iter().filter(|other| {
            let (key, other) = (&candidate.reading.key, &other.reading.key);
            key == other || (other.len() >= 4 && key.starts_with(other.as_str()))
        });
        let others: f64 = same.map(|other| other.score).sum::<f64>() - candidate.score;
        candidate.score * (1.0 + 0.08 * others.min(1.0))
    };
    let scores: Vec<f64> = candidates.iter().map(support).collect();
    let mut chosen: Option<usize> = None;
    for (at, score) in scores.iter().enumerate() {
        if chosen.is_none_or(|chosen: usize| *score > scores[chosen] + 1e-9) {
            chosen = Some(at);
        }
    }
    let score = chosen.map(|at| scores[at])?;
    let candidate = candidates.into_iter().nth(chosen?)?;
    (score >= SCORE_MIN).then(|| Candidate { score: score.min(1.0), ..candidate })
}

/// The candidate in the form of the result.
pub(super) fn extracted(index: &Index, candidate: Candidate) -> Extracted {
    let Candidate { words, reading, score } = candidate;
    let boxes = boxes(index, &words);
    Extracted {
        value: ExtractedValue::Scalar(reading.value),
        score: (score * 1000.0).round() / 1000.0,
        page: words.first().map(|word| index.words[*word].page),
        boxes,
    }
}
