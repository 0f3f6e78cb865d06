//! Finds what refers to entries in a Markdown text, and links it.

use docket_contract::citations::Reference;

use crate::model::{Bibliography, BibliographyEntry};

/// Brackets with more in them are no references.
const BRACKET_BYTES_MAX: usize = 80;
/// A name stands at most this many bytes before its year.
const NAME_TO_YEAR_BYTES_MAX: usize = 80;
/// Ranges of more numbers are no ranges.
const RANGE_MAX: usize = 50;

/// Links what refers to entries in a Markdown text, with the references that it found.
pub(super) fn link(sources: &Bibliography, markdown: &str) -> (String, Vec<Reference>) {
    if sources.entries.is_empty() {
        return (markdown.to_owned(), Vec::new());
    }
    if sources.numbered { by_number(sources, markdown) } else { by_name(sources, markdown) }
}

/// The start of an entry's Markdown, to which links lead.
pub(super) fn anchor(id: usize) -> String {
    format!("<a id=\"ref-{id}\"></a>")
}

/// `[3]`, `[1, 2]`, `[4-7]`: every number that is written becomes a link.
fn by_number(sources: &Bibliography, markdown: &str) -> (String, Vec<Reference>) {
    let (mut out, mut references) = (String::with_capacity(markdown.len()), Vec::new());
    let mut rest = markdown;
    while let Some(open) = rest.find('[') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let close = from.find(']').filter(|close| *close <= BRACKET_BYTES_MAX);
        let linked = close.and_then(|close| {
            let is_link = from[close + 1..].starts_with('(');
            let ids = ids(sources, &from[1..close]).filter(|_| !is_link)?;
            Some((close, ids))
        });
        match linked {
            Some((close, ids)) => {
                let text = &from[..=close];
                out.push_str(&with_links(text));
                let new = ids.into_iter().map(|id| Reference { id, text: text.to_owned() });
                references.extend(new);
                rest = &from[close + 1..];
            }
            None => {
                out.push('[');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    (out, references)
}

/// The entries that the inside of a bracket names, if it names nothing else.
fn ids(sources: &Bibliography, inner: &str) -> Option<Vec<usize>> {
    let mut ids = Vec::new();
    for part in inner.split([',', ';']) {
        let ends: Vec<&str> = part.split(['-', '\u{2013}']).map(str::trim).collect();
        let number = |text: &str| text.parse::<usize>().ok();
        match ends.as_slice() {
            [one] => ids.push(number(one)?),
            [first, last] => {
                let (first, last) = (number(first)?, number(last)?);
                if first >= last || last - first > RANGE_MAX {
                    return None;
                }
                ids.extend(first..=last);
            }
            _ => return None,
        }
    }
    let known = ids.iter().all(|id| sources.entries.iter().any(|entry| entry.id == *id));
    (known && !ids.is_empty()).then_some(ids)
}

/// `[1, 2]` as `[[1](#ref-1), [2](#ref-2)]`.
fn with_links(bracket: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for character in bracket.chars() {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        if !digits.is_empty() {
            let id = digits.trim_start_matches('0');
            out.push_str(&format!("[{digits}](#ref-{id})"));
            digits.clear();
        }
        out.push(character);
    }
    out
}

/// `Chen et al. (2021)`, `(Chen & Berg, 2021a; Abel, 1999)`.
fn by_name(sources: &Bibliography, markdown: &str) -> (String, Vec<Reference>) {
    let (mut out, mut references) = (String::with_capacity(markdown.len()), Vec::new());
    // What is copied, and where the last year ended: no reference reaches back over a year.
    let (mut copied, mut free) = (0, 0);
    for year in years(markdown) {
        let reach = free.max(boundary(markdown, year.start.saturating_sub(NAME_TO_YEAR_BYTES_MAX)));
        free = year.end;
        let Some((start, id)) = named(sources, markdown, reach, &year) else { continue };
        let open = markdown[start..year.start].contains('(');
        let end = year.end + usize::from(open && markdown[year.end..].starts_with(')'));
        let text = &markdown[start..end];
        out.push_str(&markdown[copied..start]);
        out.push_str(&format!("[{text}](#ref-{id})"));
        references.push(Reference { id, text: text.to_owned() });
        (copied, free) = (end, end);
    }
    out.push_str(&markdown[copied..]);
    (out, references)
}

/// A year with the letter that tells works of one year apart.
struct Year<'t> {
    start: usize,
    end: usize,
    digits: &'t str,
    letter: Option<char>,
}

fn years(text: &str) -> Vec<Year<'_>> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut years = Vec::new();
    for start in 0..bytes.len().saturating_sub(3) {
        let century = bytes[start..].starts_with(b"19") || bytes[start..].starts_with(b"20");
        let alone = !is_digit(start + 4) && !start.checked_sub(1).is_some_and(is_digit);
        if !century || !alone || !(start..start + 4).all(is_digit) {
            continue;
        }
        let next = bytes.get(start + 4).filter(|byte| byte.is_ascii_lowercase());
        let word_goes_on = bytes.get(start + 5).is_some_and(u8::is_ascii_alphanumeric);
        let letter = next.filter(|_| !word_goes_on).map(|byte| char::from(*byte));
        let end = start + 4 + usize::from(letter.is_some());
        years.push(Year { start, end, digits: &text[start..start + 4], letter });
    }
    years
}

/// The first author's name before a year, with nothing between the two but other names.
fn named(
    sources: &Bibliography,
    text: &str,
    reach: usize,
    year: &Year<'_>,
) -> Option<(usize, usize)> {
    let window = &text[reach..year.start];
    let fits = |entry: &&BibliographyEntry| {
        entry.year.as_deref() == Some(year.digits)
            && (entry.year_letter == year.letter || entry.year_letter.is_none())
    };
    let found = sources.entries.iter().filter(fits).filter_map(|entry| {
        let surname = entry.surname.as_deref()?;
        let mut places = window.match_indices(surname);
        let (at, _) = places.find(|(at, _)| {
            let after = &window[at + surname.len()..];
            let starts = !window[..*at].ends_with(char::is_alphabetic);
            starts && !after.starts_with(char::is_alphabetic) && only_names(after)
        })?;
        Some((reach + at, entry.id))
    });
    found.min()
}

/// Names, conjunctions and `et al.`
fn only_names(text: &str) -> bool {
    const SMALL: [&str; 12] =
        ["and", "et", "al", "&", "von", "van", "der", "de", "und", "s", "la", "y"];
    let words =
        text.split(|c: char| !c.is_alphabetic() && c != '&').filter(|word| !word.is_empty());
    let name = |word: &str| word.starts_with(char::is_uppercase) || SMALL.contains(&word);
    !text.contains(['\n', ';', '[']) && words.into_iter().all(name)
}

fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(numbered: bool) -> Bibliography {
        let entry = |(id, surname, year, year_letter): (usize, &str, &str, Option<char>)| {
            BibliographyEntry {
                id,
                year: Some(year.to_owned()),
                surname: Some(surname.to_owned()),
                year_letter,
                ..BibliographyEntry::default()
            }
        };
        let entries = [
            (1, "Chen", "2021", Some('a')),
            (2, "Chen", "2021", Some('b')),
            (3, "Abel", "1999", None),
        ];
        Bibliography {
            entries: entries.into_iter().map(entry).collect(),
            numbered,
            ..Bibliography::default()
        }
    }

    fn check(numbered: bool, text: &str, want: &str, ids: &[usize]) {
        let (linked, references) = link(&sources(numbered), text);
        assert_eq!(linked, want);
        assert_eq!(references.iter().map(|one| one.id).collect::<Vec<_>>(), ids, "{text}");
    }

    #[test]
    fn numbers() {
        check(true, "as in [2].", "as in [[2](#ref-2)].", &[2]);
        check(true, "[1, 3]", "[[1](#ref-1), [3](#ref-3)]", &[1, 3]);
        check(true, "[1\u{2013}3]", "[[1](#ref-1)\u{2013}[3](#ref-3)]", &[1, 2, 3]);
        for text in ["[4]", "[1](x)", "[a]", "x[", "[1-9]", "[]"] {
            check(true, text, text, &[]);
        }
    }

    #[test]
    fn names_and_years() {
        check(false, "Chen et al. (2021b) say", "[Chen et al. (2021b)](#ref-2) say", &[2]);
        check(
            false,
            "it is (Chen & Berg, 2021a; Abel, 1999).",
            "it is ([Chen & Berg, 2021a](#ref-1); [Abel, 1999](#ref-3)).",
            &[1, 3],
        );
        check(false, "Abel (1999), and", "[Abel (1999)](#ref-3), and", &[3]);
        for text in ["In 1999 it", "Abel wrote in 1999", "Abels 1999", "Chen (2020)"] {
            check(false, text, text, &[]);
        }
    }
}
