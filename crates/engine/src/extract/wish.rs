//! What is looked for: a kind of value and the phrases under which papers label it.

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
    pub told: String,
}

/// Which end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RangeEnd {
    Start,
    End,
}

/// Concepts that together make a label, and how well they fit the property.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phrase {
    pub concepts: Vec<String>,
    pub weight: f64,
}

impl Phrase {
    fn new(concepts: Vec<String>, weight: f64) -> Self {
        Self { concepts, weight }
    }

    pub(super) fn is_generic(&self) -> bool {
        self.concepts.iter().all(|concept| weight(concept) != Weight::Specific)
    }
}

/// A synonym at the level of whole labels: who asks for all of the first is served by the second.
const ALIASES: &[(&str, &str, f64)] = &[
    ("total amount", "total", 0.9),
    ("total amount", "grand total", 0.97),
    ("total amount", "gross total", 0.9),
    ("total amount", "total due", 0.93),
    ("total amount", "total paid", 0.8),
    ("total amount", "total payment", 0.8),
    ("total amount", "balance due", 0.8),
    ("total amount", "amount due", 0.85),
    ("total amount", "invoice total", 0.95),
    ("total amount", "invoice amount", 0.85),
    ("gross amount", "total amount", 0.75),
    ("gross amount", "grand total", 0.8),
    ("gross amount", "gross total", 0.95),
    ("net amount", "net tax", 0.92),
    ("net amount", "net total", 0.95),
    ("net amount", "subtotal", 0.75),
    ("net amount", "net total amount", 0.95),
    ("subtotal", "net amount", 0.8),
    ("tax amount", "tax", 0.9),
    ("date document", "invoice date", 0.97),
    ("date document", "receipt date", 0.97),
    ("date document", "agreement date", 0.9),
    ("invoice date", "date", 0.85),
    ("campaign period", "contract period", 0.85),
    ("campaign period", "order period", 0.85),
    ("campaign period", "order campaign", 0.97),
    ("campaign period", "period", 0.7),
    ("campaign period", "invoice period", 0.55),
    ("tax number", "tax", 0.85),
    ("tax number", "tax registration number", 0.95),
    ("tax", "tax number", 0.95),
    ("vendor", "vendor name", 1.0),
    ("company", "company name", 1.0),
    ("buyer", "customer", 0.85),
    ("customer", "buyer", 0.85),
    ("buyer", "invoice end", 0.8),
    ("customer", "invoice end", 0.8),
    ("quantity", "number", 0.5),
    ("due date", "payment due", 0.9),
    ("due date", "due", 0.9),
    ("purchase order number", "purchase number", 1.0),
    ("purchase order number", "purchase order", 1.0),
    ("telephone", "telephone number", 1.0),
];

impl Wish {
    /// The wish behind a property; `context` are the concepts of the objects around it.
    pub(super) fn new(property: &Property, context: &[String]) -> Self {
        let kind = kind_of(property);
        let words = Words::of(property);
        let scalar = scalar_of(&property.shape);
        let end = if kind == Kind::Date { range_end(&words) } else { None };
        let mut phrases = phrases(property, context, &kind, end);
        add_aliases(&mut phrases);
        let about = words.name.iter().chain(&words.description).cloned().collect();
        let told = fold(property.description.as_deref().unwrap_or_default());
        Self { kind, scalar, iso: wants_iso(property), end, phrases, about, told }
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
    phrases.push(Phrase::new(name, if context.is_empty() { name_weight } else { 0.8 }));
    phrases.push(Phrase::new(title, 0.97));
    phrases.extend(told.into_iter().map(|concepts| Phrase::new(concepts, 0.88)));
    if let Some(end) = end {
        phrases = phrases.into_iter().flat_map(|phrase| ranged(phrase, end)).collect();
    }
    for phrase in &mut phrases {
        tidy(phrase, kind);
    }
    phrases.retain(|phrase| !phrase.concepts.is_empty());
    phrases
}

/// The label of one end of a range may name the range, or that end of it.
fn ranged(phrase: Phrase, end: RangeEnd) -> Vec<Phrase> {
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

fn add_aliases(phrases: &mut Vec<Phrase>) {
    let told = phrases.clone();
    for (asked, served, share) in ALIASES {
        let asked: Vec<&str> = asked.split(' ').collect();
        let serves = |phrase: &&Phrase| {
            let has = |wanted: &&str| phrase.concepts.iter().any(|concept| concept == wanted);
            let exact = phrase.concepts.len() <= asked.len() + 1;
            // The tax is not what stands before it.
            let opposed = has(&"net") && !asked.contains(&"net");
            exact && !opposed && asked.iter().all(has)
        };
        let best = told.iter().filter(serves).map(|phrase| phrase.weight).fold(0.0, f64::max);
        if best > 0.0 {
            let concepts = served.split(' ').map(str::to_owned).collect();
            // A description is as good a reason for a synonym as a name.
            phrases.push(Phrase::new(concepts, share * best.max(0.95)));
        }
    }
}

/// Words behind which a description goes into detail.
const DETAIL: &[&str] = &[
    "in",
    "on",
    "that",
    "which",
    "who",
    "whose",
    "where",
    "when",
    "with",
    "as",
    "at",
    "by",
    "from",
    "if",
    "for",
    "including",
    "such",
    "e.g.",
    "eg",
    "i.e.",
    "after",
    "during",
];

/// The noun phrases of a description: its head, the alternatives of an enumeration, brackets.
fn noun_phrases(description: &str) -> Vec<Vec<String>> {
    let sentence = description.split(['.', ';']).next().unwrap_or_default();
    let mut found = Vec::new();
    for (depth, piece) in sentence.split(['(', ')']).enumerate() {
        let head: Vec<&str> = piece
            .split_whitespace()
            .enumerate()
            .take_while(|(at, word)| *at == 0 || !DETAIL.contains(&fold(word).as_str()))
            .map(|(_, word)| word)
            .collect();
        let head = head.join(" ");
        if depth == 0 {
            found.extend(alternatives(&head));
        }
    }
    found.retain(|concepts| !concepts.is_empty() && concepts.len() <= 6);
    found
}

/// "Contract, order or invoice number" is three phrases that share their last word.
fn alternatives(phrase: &str) -> Vec<Vec<String>> {
    let phrase = phrase.replace(" or ", ", ").replace(" and ", ", ");
    let parts: Vec<Vec<String>> = phrase.split(',').map(concepts).collect();
    let parts: Vec<Vec<String>> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let tail = parts.last().and_then(|part| part.last()).cloned();
    let shared = tail.filter(|tail| parts.len() > 1 && weight(tail) == Weight::Generic);
    let complete = |mut part: Vec<String>| {
        if let Some(tail) = shared.as_ref().filter(|tail| !part.contains(tail)) {
            part.push(tail.clone());
        }
        part
    };
    parts.into_iter().map(complete).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_tell_labels() {
        let check = |description: &str, expected: &[&[&str]]| {
            assert_eq!(noun_phrases(description), expected, "{description}");
        };
        check(
            "Contract, order or invoice number",
            &[&["contract", "number"], &["order", "number"], &["invoice", "number"]],
        );
        check("Total gross amount in US dollars", &[&["total", "gross", "amount"]]);
        check("Name of the FARA registrant (foreign agent)", &[&["name", "fara", "registrant"]]);
        check("Amount before tax", &[&["amount", "net", "tax"]]);
    }
}
