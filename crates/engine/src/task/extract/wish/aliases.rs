//! Synonyms at the level of whole labels.

use super::super::vocabulary::{Weight, weight};
use super::phrase::Phrase;

/// Synonyms that hold between the columns of a table of items only.
pub(super) const COLUMN_ALIASES: &[(&str, &str, f64)] = &[
    ("amount", "total", 0.9),
    ("amount", "item amount", 0.95),
    ("amount", "item total", 0.95),
    ("amount", "net amount", 0.9),
    ("amount", "gross price", 0.75),
    ("amount", "price", 0.6),
    ("total", "amount", 0.9),
    ("total", "item amount", 0.9),
    ("total", "net amount", 0.85),
    ("unit price", "price", 0.85),
    ("price", "unit price", 0.9),
    ("description", "item", 0.8),
    ("description", "title", 0.75),
    ("description", "service", 0.75),
    ("description", "name", 0.6),
    ("item", "description", 0.85),
    ("name", "description", 0.8),
    ("name", "item", 0.7),
];

/// A synonym at the level of whole labels: who asks for all of the first is served by the second.
pub(super) const ALIASES: &[(&str, &str, f64)] = &[
    ("total", "invoice total", 1.0),
    ("total", "grand total", 0.97),
    ("total", "gross total", 0.95),
    ("total", "total amount", 0.97),
    ("total", "total due", 0.93),
    ("total", "amount due", 0.8),
    ("total", "balance due", 0.75),
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

/// Adds the synonyms of what the phrases ask for.
pub(super) fn add_aliases(phrases: &mut Vec<Phrase>, aliases: &[(&str, &str, f64)]) {
    let told = phrases.clone();
    for (asked, served, share) in aliases {
        let asked: Vec<&str> = asked.split(' ').collect();
        let serves = |phrase: &&Phrase| {
            let has = |wanted: &&str| phrase.concepts.iter().any(|concept| concept == wanted);
            let exact = phrase.concepts.len() <= asked.len() + 1;
            // What else the phrase tells must not make it another field.
            let narrow = phrase.concepts.iter().all(|concept| {
                asked.contains(&concept.as_str()) || weight(concept) != Weight::Specific
            });
            exact && narrow && asked.iter().all(has)
        };
        let best = told.iter().filter(serves).map(|phrase| phrase.weight).fold(0.0, f64::max);
        if best > 0.0 {
            let concepts = served.split(' ').map(str::to_owned).collect();
            // A description is as good a reason for a synonym as a name.
            phrases.push(Phrase::new(concepts, share * best.max(0.95)));
        }
    }
}
