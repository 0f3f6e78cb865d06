//! What is looked for: a kind of value and the phrases under which documents label it.

mod aliases;
mod descriptions;
mod phrase;

use self::aliases::{ALIASES, COLUMN_ALIASES, add_aliases};
use self::descriptions::noun_phrases;
pub(super) use self::phrase::Phrase;
use super::kinds::{Kind, Words, kind_of, wants_iso};
use super::schema::{Property, Scalar, Shape};
use super::vocabulary::{Weight, concepts, fold, weight};

/// A scalar that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub kind: Kind,
    pub scalar: Scalar,
    pub iso: bool,
    /// The first or the last date of a range.
    pub end: Option<RangeEnd>,
    pub phrases: Vec<Phrase>,
    /// Concepts of name and description.
    pub about: Vec<String>,
    /// The description, folded.
    pub description: String,
}

/// Which end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RangeEnd {
    Start,
    End,
}

impl Wish {
    /// The wish behind a property; `context` are the concepts of the objects around it.
    pub(super) fn new(property: &Property, context: &[String]) -> Self {
        let kind = kind_of(property);
        let words = Words::of(property);
        let scalar = scalar_of(&property.shape);
        let end = if kind == Kind::Date { range_end(&words) } else { None };
        let mut phrases = phrases(property, context, &kind, end);
        add_aliases(&mut phrases, ALIASES);
        let about = words.name.iter().chain(&words.description).cloned().collect();
        let description = fold(property.description.as_deref().unwrap_or_default());
        Self { kind, scalar, iso: wants_iso(property), end, phrases, about, description }
    }

    /// The wish behind a column of a table.
    pub(super) fn of_column(property: &Property) -> Self {
        let mut wish = Self::new(property, &[]);
        add_aliases(&mut wish.phrases, COLUMN_ALIASES);
        wish
    }

    pub(super) fn is_about(&self, concept: &str) -> bool {
        self.about.iter().any(|known| known == concept)
    }
}

fn scalar_of(shape: &Shape) -> Scalar {
    match shape {
        Shape::Scalar(scalar) => *scalar,
        Shape::Scalars(item) => scalar_of(&item.shape),
        _ => Scalar::Text,
    }
}

fn range_end(words: &Words) -> Option<RangeEnd> {
    let has = |wanted: &str| words.name.iter().any(|concept| concept == wanted);
    match (has("start"), has("end")) {
        (true, false) => Some(RangeEnd::Start),
        (false, true) => Some(RangeEnd::End),
        _ => None,
    }
}

fn phrases(
    property: &Property,
    context: &[String],
    kind: &Kind,
    end: Option<RangeEnd>,
) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    let name = concepts(&property.name);
    let title = property.title.as_deref().map(concepts).unwrap_or_default();
    let told: Vec<Vec<String>> =
        property.description.as_deref().map(noun_phrases).unwrap_or_default();
    // A name without an own meaning ("amount", "date") leaves it to the description to tell.
    let vague =
        |concepts: &[String]| concepts.iter().all(|concept| weight(concept) == Weight::Generic);
    let precise = told.iter().any(|phrase| !vague(phrase));
    let name_weight = if vague(&name) && precise { 0.75 } else { 1.0 };
    if !context.is_empty() {
        let whole: Vec<String> = context.iter().chain(&name).cloned().collect();
        phrases.push(Phrase::new(whole, 1.0));
    }
    let alone = match (context.is_empty(), vague(&name)) {
        (true, _) => name_weight,
        (false, false) => 0.8,
        // "Name" alone is the name of anything.
        (false, true) => 0.45,
    };
    phrases.push(Phrase::new(name, alone));
    phrases.push(Phrase::new(title, 0.97));
    phrases.extend(told.into_iter().map(|concepts| Phrase::new(concepts, 0.88)));
    if let Some(end) = end {
        phrases = phrases.iter().flat_map(|phrase| ranged(phrase, end)).collect();
    }
    for phrase in &mut phrases {
        tidy(phrase, kind);
    }
    phrases.retain(|phrase| !phrase.concepts.is_empty());
    phrases
}

/// The label of one end of a range may name the range, or that end of it.
fn ranged(phrase: &Phrase, end: RangeEnd) -> Vec<Phrase> {
    let word = if end == RangeEnd::Start { "start" } else { "end" };
    let about: Vec<String> = phrase
        .concepts
        .iter()
        .filter(|concept| {
            !matches!(concept.as_str(), "start" | "end" | "date" | "first" | "period")
        })
        .cloned()
        .collect();
    let with = |more: &[&str]| {
        let more = more.iter().map(|word| (*word).to_owned());
        about.iter().cloned().chain(more).collect::<Vec<_>>()
    };
    let mut ranged = vec![
        Phrase::new(with(&[word, "date"]), phrase.weight),
        Phrase::new(vec![word.to_owned(), "date".to_owned()], 0.7 * phrase.weight),
    ];
    if !about.is_empty() {
        ranged.push(Phrase::new(with(&["period"]), phrase.weight));
    }
    ranged
}

/// Drops what the kind of value says anyway, and doubles.
fn tidy(phrase: &mut Phrase, kind: &Kind) {
    let mut seen: Vec<String> = Vec::new();
    for concept in phrase.concepts.drain(..) {
        if !seen.contains(&concept) {
            seen.push(concept);
        }
    }
    let spare = |concept: &str| match kind {
        Kind::Name => concept == "person",
        Kind::Amount => matches!(concept, "currency"),
        _ => false,
    };
    if seen.iter().any(|concept| !spare(concept)) {
        seen.retain(|concept| !spare(concept));
    }
    phrase.concepts = seen;
}
