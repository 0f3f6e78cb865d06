//! Tells where the name of a party begins and ends in running text.

use super::super::super::values::{LEGAL_FORMS, ends_legally};
use super::super::super::vocabulary::fold;

pub(super) fn ends_sentence(text: &str, at: usize) -> bool {
    let word = text[..at].rsplit([' ', '\n', '.', ',']).next().unwrap_or_default();
    let short = word.chars().count() <= 1 || LEGAL_FORMS.contains(&fold(word).as_str());
    let next = text[at + 1..].trim_start().chars().next();
    let begins = next.is_none_or(|letter| letter.is_uppercase()) && !short;
    begins && !["No", "Mr", "Mrs", "Ms", "Dr", "St"].contains(&word)
}

/// Words between "between" and the first name.
const LEADS: &[&str] =
    &["the", "by", "and", "between", "among", "of", ":", "(i)", "(1)", "(a)", "each"];

/// The name that begins at or just behind a byte.
pub(super) fn name_at(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut start = None;
    let mut end = from;
    let mut at = from;
    for word in text[from..].split_inclusive([' ', '\n']) {
        let place = at;
        at += word.len();
        let bare = word.trim();
        if bare.is_empty() {
            continue;
        }
        if start.is_none() && LEADS.contains(&bare.to_lowercase().as_str()) {
            continue;
        }
        let opens = bare.starts_with(['(', '“', '"', '[']);
        let core = bare.trim_matches(|sign: char| !sign.is_alphanumeric());
        let proper = core.chars().next().is_some_and(|first| {
            first.is_uppercase() || (core.contains(char::is_uppercase) && core.len() > 2)
        });
        let linking = start.is_some()
            && matches!(bare, "&" | "of" | "de" | "van" | "von" | "der")
            && !text[at..].starts_with(char::is_lowercase);
        let proper =
            proper || (start.is_some() && matches!(core, "plc" | "llc" | "inc" | "ltd" | "gmbh"));
        if opens || !(proper || linking) {
            break;
        }
        start.get_or_insert(place);
        if proper {
            end = place + word.trim_end().len();
        }
        if bare.ends_with([',', ';', ')', ':', '”']) && !legal_follows(&text[at..]) {
            break;
        }
        if bare.ends_with('.') && ends_sentence(text, place + bare.len() - 1) {
            break;
        }
    }
    let start = start?;
    let name = text[start..end].trim_end_matches([',', ';', ':', ')']);
    // The dot of "Inc." belongs to the name, the one of the sentence does not.
    let dotted = name.trim_end_matches('.');
    let short = legal_follows(dotted.rsplit(' ').next().unwrap_or_default());
    let name = if short || dotted.ends_with('.') { name } else { dotted };
    let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
    let possessive = name.ends_with("’s") || name.ends_with("'s");
    (letters > 2 && !possessive && !is_common(name)).then_some((start, start + name.len()))
}

/// ", Inc." and its like belong to the name.
fn legal_follows(rest: &str) -> bool {
    let word = rest.split_whitespace().next().unwrap_or_default();
    let bare: String = fold(word).chars().filter(char::is_ascii_alphanumeric).collect();
    LEGAL_FORMS.contains(&bare.as_str())
}

/// Defined words of contracts, which are nobody's name.
fn is_common(name: &str) -> bool {
    const COMMON: &[&str] = &[
        "agreement",
        "company",
        "employee",
        "party",
        "parties",
        "recipient",
        "employer",
        "executive",
        "confidential",
        "information",
        "whereas",
        "this",
        "you",
        "i",
        "exhibit",
        "section",
        "state",
        "consultant",
        "receiving",
        "disclosing",
        "discloser",
        "date",
        "board",
        "article",
        "buyer",
        "seller",
        "effective",
        "transaction",
        "now",
        "both",
        "its",
        "all",
        "any",
        "such",
        "my",
    ];
    let first = name.split_whitespace().next().map(fold).unwrap_or_default();
    let first = first.trim_matches(|sign: char| !sign.is_alphanumeric());
    COMMON.contains(&first)
        && !LEGAL_FORMS
            .iter()
            .any(|form| fold(name).trim_end_matches('.').ends_with(&format!(" {form}")))
}

/// The last name of a text that ends with it or with its description.
pub(super) fn name_before(text: &str) -> Option<(usize, usize)> {
    let sentence = text.rfind(['\n', ';']).map(|at| at + 1);
    // What was defined before is another's; a window may begin within a word.
    let defined = text.rfind(')').map(|at| at + 1);
    let begin = sentence.max(defined).or_else(|| text.find(' ').map(|at| at + 1)).unwrap_or(0);
    let mut best: Option<(usize, usize)> = None;
    let mut at = begin;
    while at < text.len() {
        let Some((start, end)) = name_at(text, at) else {
            at += text[at..].find([' ', '\n']).map_or(text.len() - at, |gap| gap + 1);
            continue;
        };
        let word_before = text[..start].trim_end().rsplit([' ', '\n']).next().unwrap_or_default();
        let placed = ["of", "at", "in", "the", "under"].contains(&word_before);
        // Directly before its short form, a firm's name is no place.
        let is_firm = text[end..].trim().is_empty() && has_legal_form(&text[start..end]);
        if is_described(&text[end..]) && (!placed || is_firm) {
            if has_legal_form(&text[start..end]) {
                return Some((start, end));
            }
            best = best.or(Some((start, end)));
        }
        at = end;
    }
    best
}

pub(super) fn has_legal_form(name: &str) -> bool {
    name.contains(' ') && ends_legally(name)
}

/// Between a name and its short form stands nothing, or what kind of body it is.
fn is_described(rest: &str) -> bool {
    let rest = rest.trim_start_matches([',', ' ', '.']);
    rest.is_empty()
        || [
            "a ",
            "an ",
            "its ",
            "together",
            "with ",
            "having ",
            "(formerly",
            "and its",
            "divisions",
        ]
        .iter()
        .any(|start| rest.starts_with(start))
}
