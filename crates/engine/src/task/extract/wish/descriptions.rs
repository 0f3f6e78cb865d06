//! The noun phrases of a description, which documents may use as labels.

use super::super::vocabulary::{Weight, concepts, fold, weight};

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
pub(super) fn noun_phrases(description: &str) -> Vec<Vec<String>> {
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
