//! What checkboxes and form fields answer to a query: yes or no, one of several choices, and what is
//! filled in under a name that only the file knows.

use serde_json::Value;

use super::Tick;
use crate::model::FieldKind;
use crate::task::extract::area::Area;
use crate::task::extract::candidate::{Candidate, Source};
use crate::task::extract::kinds::Kind;
use crate::task::extract::labels::fit;
use crate::task::extract::run::Run;
use crate::task::extract::tolerances::{
    BOX_TRUST, FIELD_TRUST, NAME_TRUST, ONLY_QUESTION, QUESTION_ABOVE,
};
use crate::task::extract::values::{Reading, find_word, read, spoken, yes_or_no};
use crate::task::extract::vocabulary::concepts;
use crate::task::extract::wish::Wish;

/// The candidates that checkboxes and form fields offer.
pub(in crate::task::extract) fn candidates(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let mut found = match &wish.kind {
        Kind::YesNo => yes_no(source, wish),
        Kind::Choice(choices) => chosen(source, wish, choices),
        _ => Vec::new(),
    };
    found.extend(fields(source, wish));
    found
}

/// Some checkbox stands for one of the choices.
pub(in crate::task::extract) fn offers(source: Source<'_>, choices: &[Value]) -> bool {
    source.ticks.all.iter().any(|tick| choice_of(source, tick, choices).is_some())
}

fn fit_of_words(source: Source<'_>, wish: &Wish, words: &[usize]) -> f64 {
    fit(wish, &concepts(&source.index.text(words.iter().copied())))
}

fn fit_of_question(source: Source<'_>, wish: &Wish, tick: &Tick) -> f64 {
    let of_words = fit_of_words(source, wish, &tick.question);
    let of_words = if tick.is_beside_question { of_words } else { QUESTION_ABOVE * of_words };
    of_words.max(fit_of_names(wish, tick))
}

fn fit_of_names(wish: &Wish, tick: &Tick) -> f64 {
    let [label, name, _] = &tick.names;
    fit(wish, &concepts(label)).max(NAME_TRUST * fit(wish, &concepts(name)))
}

fn candidate(tick: &Tick, value: Value, score: f64) -> Candidate {
    let key = value.to_string();
    let reading = Reading { start: 0, end: 0, value, key, quality: 1.0 };
    Candidate { words: tick.option.clone(), reading, score }
}

fn yes_no(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let answer = |tick: &Tick| {
        let option = source.index.text(tick.option.iter().copied());
        let said = yes_or_no(&option)
            .or_else(|| tick.option.is_empty().then(|| yes_or_no(&tick.names[2])).flatten());
        let (value, fit) = match said {
            // "Yes" and "No" answer a question if they are chosen.
            Some(said) if tick.ticked && tick.option.is_empty() == said => {
                (said, fit_of_names(wish, tick))
            }
            Some(said) if tick.ticked => (said, fit_of_question(source, wish, tick)),
            Some(_) if tick.radio.is_some() || !tick.option.is_empty() => return None,
            _ => {
                let of_option = fit_of_words(source, wish, &tick.option);
                (tick.ticked, of_option.max(fit_of_names(wish, tick)))
            }
        };
        (fit > 0.0).then(|| candidate(tick, value.into(), BOX_TRUST * fit))
    };
    source.ticks.all.iter().filter_map(answer).collect()
}

/// The choice that a checkbox stands for, and how much of its option that is.
fn choice_of<'c>(
    source: Source<'_>,
    tick: &Tick,
    choices: &'c [Value],
) -> Option<(&'c Value, f64)> {
    let option = source.index.text(tick.option.iter().copied()).to_lowercase();
    let texts = [option.as_str(), tick.names[2].as_str()];
    texts.into_iter().find_map(|text| {
        let text = text.to_lowercase().replace('_', " ");
        let named = choices.iter().map(|choice| (choice, spoken(choice)));
        let named = named.filter(|(_, spoken)| find_word(&text, spoken).is_some());
        let (choice, spoken) = named.max_by_key(|(_, spoken)| spoken.len())?;
        Some((choice, spoken.len() as f64 / text.trim().len().max(1) as f64))
    })
}

fn chosen(source: Source<'_>, wish: &Wish, choices: &[Value]) -> Vec<Candidate> {
    let fitting: Vec<(&Tick, &Value, f64)> = source
        .ticks
        .all
        .iter()
        .filter_map(|tick| {
            choice_of(source, tick, choices).map(|(choice, share)| (tick, choice, share))
        })
        .collect();
    let first = fitting.first().map(|(tick, ..)| &tick.question);
    let only = fitting.iter().all(|(tick, ..)| Some(&tick.question) == first);
    let ticked = fitting.iter().filter(|(tick, ..)| tick.ticked);
    let answer = |(tick, choice, share): &(&Tick, &Value, f64)| {
        let least = if only { ONLY_QUESTION } else { 0.0 };
        let fit = fit_of_question(source, wish, tick).max(least);
        let score = BOX_TRUST * fit * (0.85 + 0.15 * share);
        candidate(tick, (*choice).clone(), score)
    };
    ticked.map(answer).filter(|candidate| candidate.score > 0.0).collect()
}

/// What is filled in, under the names that the file has for its fields.
fn fields(source: Source<'_>, wish: &Wish) -> Vec<Candidate> {
    let mut found = Vec::new();
    for page in &source.document.pages {
        for field in &page.fields {
            let is_filled = matches!(field.kind, FieldKind::Text | FieldKind::Choice)
                && !field.value.is_empty();
            if !is_filled {
                continue;
            }
            let name = field.name.rsplit('.').next().unwrap_or_default();
            let fit =
                fit(wish, &concepts(&field.label)).max(NAME_TRUST * fit(wish, &concepts(name)));
            if fit <= 0.0 {
                continue;
            }
            let run =
                Run::new(source.index, words_in(source, page.number, &super::area(&field.rect)));
            for reading in read(wish, &run.text, source.day_first) {
                let score = FIELD_TRUST * fit * reading.quality;
                let words = run.touching(reading.start, reading.end);
                found.push(Candidate { words, reading, score });
            }
        }
    }
    found
}

/// The words of a page that stand in an area.
fn words_in(source: Source<'_>, page: usize, area: &Area) -> Vec<usize> {
    let inside = |word: &Area| {
        let x = f64::midpoint(word.left, word.right);
        (area.left..=area.right).contains(&x)
            && (area.top - 2.0..=area.bottom + 2.0).contains(&word.middle())
    };
    let words = source.index.words.iter().enumerate();
    let words = words.filter(|(_, word)| word.page == page && inside(&word.area));
    words.map(|(at, _)| at).collect()
}
