//! Finds the parties of a contract: where it says between whom it is made, where it gives them
//! short names, and where they sign.

mod letters;
mod names;

use self::names::{ends_sentence, has_legal_form, name_at, name_before};
use super::super::candidate::{Candidate, Source};
use super::super::values::Reading;
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
    if found.len() < 2 {
        add(&mut found, letters::letter(source));
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
            let lead = &prose.lower[prose.before(at, 160)];
            if cue == "by" && !["entered into", "made", "executed"].iter().any(|w| lead.contains(w))
            {
                continue;
            }
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
    for (at, letter) in text[from..].char_indices() {
        let at = from + at;
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ if depth > 0 => {}
            '.' if ends_sentence(text, at) => return None,
            // "..., an individual (“B”), and": a list of three or more.
            ',' if text[..at].ends_with(')') => {
                let rest = &text[at + 1..];
                let listed = name_at(rest, 0).filter(|(start, _)| *start <= 1);
                if listed.is_some_and(|(_, end)| is_introduced(&rest[end..])) {
                    return Some(at + 1);
                }
            }
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
        || [
            "as ",
            "whose ",
            "dba ",
            "d/b/a ",
            "formerly ",
            "a ",
            "an ",
            "with ",
            "having ",
            "located ",
            "on behalf",
            "of ",
        ]
        .iter()
        .any(|start| rest.starts_with(start))
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
        let whole = name_at(line, 0).is_some_and(|(from, to)| from == 0 && to + 1 >= line.len());
        if whole && has_legal_form(line) && line.split(' ').count() <= 8 {
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
