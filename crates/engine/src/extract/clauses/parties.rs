//! Finds the parties of a contract: where it says between whom it is made, where it gives them
//! short names, and where they sign.

use super::super::scalar::{Candidate, Source};
use super::super::values::{LEGAL_FORMS, Reading};
use super::super::vocabulary::fold;

/// Bytes of the text in which parties are introduced.
const OPENING: usize = 5_000;
/// Bytes that the list of parties takes at most.
const LIST: usize = 1_200;
const PARTIES_MAX: usize = 12;

/// The parties in the order of the text.
pub(in super::super) fn parties(source: Source<'_>) -> Vec<Candidate> {
    let mut found = between(source);
    if found.len() < 2 {
        add(&mut found, defined(source));
    }
    if found.len() < 2 {
        add(&mut found, signed(source));
    }
    found.truncate(PARTIES_MAX);
    found
}

/// Adds those that are not there yet; one name may be the beginning of another.
fn add(found: &mut Vec<Candidate>, more: Vec<Candidate>) {
    for candidate in more {
        let key = &candidate.reading.key;
        let known = found.iter().any(|other| {
            other.reading.key.starts_with(key.as_str()) || key.starts_with(&other.reading.key)
        });
        if !known && key.len() > 2 {
            found.push(candidate);
        }
    }
}

/// "between A, a Delaware corporation (the “Company”), and B"
fn between(source: Source<'_>) -> Vec<Candidate> {
    let prose = source.prose;
    for cue in ["by and between", "by and among", "between", "among", "by"] {
        for at in prose.places(cue).take_while(|at| *at < OPENING).take(12) {
            let range = prose.after(at + cue.len(), LIST);
            let mut found = Vec::new();
            add(&mut found, list(source, range));
            if found.len() >= 2 {
                return found;
            }
        }
    }
    Vec::new()
}

/// Names joined by "and" at the level of the sentence; what stands between a name and the next
/// "and" describes it.
fn list(source: Source<'_>, range: std::ops::Range<usize>) -> Vec<Candidate> {
    let text = &source.prose.run.text[range.clone()];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = name_at(text, at) {
        found.push(party(source, range.start + start, range.start + end, 0.9));
        match next_joint(text, end) {
            Some(next) => at = next,
            None => break,
        }
    }
    found
}

/// The byte behind the next "and", "in favor of" or ";" outside of brackets, in the same sentence.
fn next_joint(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    let mut letters = text[from..].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let at = from + at;
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ if depth > 0 => {}
            '.' if ends_sentence(text, at) => return None,
            ' ' | '\n' => {
                let rest = &text[at + 1..];
                for joint in ["and ", "in favor of ", "& "] {
                    let behind = rest.strip_prefix(joint);
                    if behind.is_some_and(|rest| {
                        name_at(rest, 0).is_some_and(|(_, end)| is_introduced(&rest[end..]))
                    }) {
                        return Some(at + 1 + joint.len());
                    }
                }
            }
            _ => {}
        }
    }
    None
}

/// What follows a party's name: its description, its short name, or the end.
fn is_introduced(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with(['(', ',', '.', '“', '"', ';', '['])
        || ["as ", "whose ", "with ", "having ", "located ", "on behalf", "of "]
            .iter()
            .any(|start| rest.starts_with(start))
}

fn ends_sentence(text: &str, at: usize) -> bool {
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
fn name_at(text: &str, from: usize) -> Option<(usize, usize)> {
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
        let linking = start.is_some() && matches!(bare, "&" | "of" | "de" | "van" | "von" | "der");
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

/// Names that the text gives a short form: `Acme, Inc., a Delaware corporation (the “Company”)`.
fn defined(source: Source<'_>) -> Vec<Candidate> {
    let prose = source.prose;
    let text = &prose.run.text;
    let mut found = Vec::new();
    let opening = prose.after(0, OPENING);
    for (open, _) in text[opening].match_indices('(') {
        let inside = &text[prose.after(open, 160)];
        let inside = inside.split(')').next().unwrap_or_default();
        let quoted = inside.contains(['“', '"', '”']);
        if !quoted || !names_party(inside) {
            continue;
        }
        let lead = prose.before(open, 450);
        if let Some((start, end)) = name_before(&text[lead.clone()]) {
            found.push(party(source, lead.start + start, lead.start + end, 0.75));
        }
    }
    found
}

/// The short form is one that parties bear.
fn names_party(inside: &str) -> bool {
    let things = [
        "agreement",
        "information",
        "date",
        "material",
        "transaction",
        "purpose",
        "service",
        "period",
        "territory",
        "share",
        "representative",
        "invention",
        "plan",
        "product",
        "act",
        "term",
        "affiliate",
        "stock",
        "board",
        "exhibit",
        "order",
        "period",
    ];
    let inside = fold(inside);
    !things.iter().any(|thing| inside.contains(thing))
}

/// The last name of a text that ends with it or with its description.
fn name_before(text: &str) -> Option<(usize, usize)> {
    let sentence = text.rfind(['\n', ';']).map(|at| at + 1);
    let mut best = None;
    // A window may begin within a word.
    let mut at = sentence.or_else(|| text.find(' ').map(|at| at + 1)).unwrap_or(0);
    while at < text.len() {
        let next = text[at..].find([' ', '\n']).map(|gap| at + gap + 1);
        if let Some((start, end)) = name_at(text, at).filter(|(start, _)| *start == at) {
            let proper = end - start > 3 && is_described(&text[end..]);
            if proper {
                best = Some((start, end));
            }
            at = end.max(at + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
            at = text[at..].find([' ', '\n']).map_or(text.len(), |gap| at + gap + 1);
            continue;
        }
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    best
}

/// Between a name and its short form stands nothing, or what kind of body it is.
fn is_described(rest: &str) -> bool {
    let rest = rest.trim_start_matches([',', ' ', '.']);
    rest.is_empty()
        || ["a ", "an ", "its ", "together", "with ", "having ", "(formerly", "and its"]
            .iter()
            .any(|start| rest.starts_with(start))
}

/// Companies above a line that begins with "By:", and persons who sign for themselves.
fn signed(source: Source<'_>) -> Vec<Candidate> {
    let prose = source.prose;
    let text = &prose.run.text;
    let mut found = Vec::new();
    for at in prose.places("by:") {
        let lead = prose.before(at, 120);
        let line = text[lead.clone()].trim_end().rsplit('\n').next().unwrap_or_default();
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        let line = line.trim_end_matches([',', ' ', ':']);
        let last = fold(line.rsplit(' ').next().unwrap_or_default());
        let last: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
        if LEGAL_FORMS.contains(&last.as_str()) && line.split(' ').count() <= 8 {
            found.push(party(source, start, start + line.len(), 0.55));
        }
    }
    for at in prose.places("/s/") {
        let behind = prose.after(at + 3, 40);
        let line = text[behind.clone()].split('\n').next().unwrap_or_default();
        let for_itself = !prose.lower[prose.before(at, 12)].contains("by:");
        if let Some((start, end)) = name_at(line, 0).filter(|_| for_itself) {
            found.push(party(source, behind.start + start, behind.start + end, 0.45));
        }
    }
    found
}

fn party(source: Source<'_>, start: usize, end: usize, score: f64) -> Candidate {
    let reading = Reading::verbatim(&source.prose.run.text, start, end, 1.0);
    super::candidate(source, reading, score)
}
