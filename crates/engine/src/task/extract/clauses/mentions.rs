//! Finds values by their form alone, where no label names them: the weakest evidence there is.

use serde_json::Value;

use super::super::candidate::{Candidate, Source};
use super::super::kinds::Kind;
use super::super::values::{Reading, read, spoken};
use super::super::wish::Wish;

/// The date of a paper without a label is the first one on it.
pub(super) fn first_date(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let asked = wish.end.is_none()
        && ["document", "receipt", "invoice"].iter().any(|paper| wish.is_about(paper))
        && !["due", "shipping", "birth", "order"].iter().any(|other| wish.is_about(other));
    if !asked {
        return Vec::new();
    }
    let opening = source.prose.after(0, 3_000);
    let reading = super::first_value(source, wish, opening);
    reading.map(|reading| super::candidate(source, reading, 0.36)).into_iter().collect()
}

/// A value of a form that is its own label, if the document holds one value of it only.
pub(super) fn only_one(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let mut readings = read(wish, &source.prose.run.text, source.day_first);
    if wish.kind == Kind::Bic {
        // Any word in capitals may have the form of one.
        let banks = ["bic", "swift", "iban", "bank"];
        readings.retain(|reading| {
            let lead = &source.prose.lower[source.prose.before(reading.start, 80)];
            banks.iter().any(|word| lead.contains(word))
        });
    }
    readings.dedup_by(|a, b| a.key == b.key);
    let score = if readings.len() == 1 { 0.6 } else { 0.35 };
    let first = readings.into_iter().next();
    first.map(|reading| super::candidate(source, reading, score)).into_iter().collect()
}

/// The choice that the document mentions; several are a guess.
pub(super) fn choices(source: Source<'_>, wish: &Wish, choices: &[Value]) -> Vec<Candidate> {
    let mut found: Vec<(usize, &Value, usize, usize)> = Vec::new();
    for choice in choices {
        for form in forms(wish, &spoken(choice)) {
            let lengths: Vec<usize> = match form.as_str() {
                sign if sign.chars().all(char::is_alphanumeric) => {
                    source.prose.places(&form).collect()
                }
                sign if sign.contains(' ') => source.prose.places(&form).collect(),
                sign => source.prose.lower.match_indices(sign).map(|(at, _)| at).collect(),
            };
            if let Some(first) = lengths.first() {
                found.push((lengths.len(), choice, *first, form.len()));
            }
        }
    }
    let several = found.iter().any(|(_, choice, ..)| found.iter().any(|other| other.1 != *choice));
    let most = found.into_iter().max_by_key(|(count, ..)| *count);
    let candidate = |(_, choice, at, length): (usize, &Value, usize, usize)| {
        let mut reading = Reading::verbatim(&source.prose.run.text, at, at + length, 1.0);
        reading.value = choice.clone();
        reading.key = spoken(choice);
        super::candidate(source, reading, if several { 0.32 } else { 0.5 })
    };
    most.map(candidate).into_iter().collect()
}

/// How a choice may be written: currencies have signs.
fn forms(wish: &Wish, spoken: &str) -> Vec<String> {
    let mut forms = vec![spoken.to_owned()];
    if wish.is_about("currency") {
        let sign = match spoken {
            "eur" | "euro" => "€",
            "usd" => "$",
            "gbp" => "£",
            "jpy" => "¥",
            "inr" => "₹",
            _ => return forms,
        };
        forms.push(sign.to_owned());
    }
    forms
}
