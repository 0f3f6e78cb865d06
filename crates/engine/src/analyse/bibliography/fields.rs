//! Tells the fields of an entry apart by the style in which it is written.

use crate::lexicon;
use crate::model::{BibliographyEntry, Marker, marker};

/// Longer names are no names.
const NAME_CHARACTERS_MAX: usize = 60;

/// A year and where it stands in the text, in bytes.
struct Year {
    start: usize,
    end: usize,
    letter: Option<char>,
}

/// The entry with this number that a text is.
pub(super) fn read(id: usize, whole: &str) -> BibliographyEntry {
    let text = without_marker(whole);
    let doi = doi(text);
    let year = year(text);
    let parts = by_quotes(text)
        .or_else(|| year.as_ref().and_then(|year| by_early_year(text, year)))
        .or_else(|| by_sentences(text))
        .unwrap_or_default();
    let authors = names(parts.authors);
    let (volume, pages) = numbers(parts.rest);
    let some = |text: &str| {
        let text = text.trim_matches(|c: char| c.is_whitespace() || ",.;:".contains(c));
        (text.chars().filter(|c| c.is_alphabetic()).count() >= 3).then(|| text.to_owned())
    };
    BibliographyEntry {
        id,
        text: whole.to_owned(),
        surname: surname(parts.authors),
        year_letter: year.as_ref().and_then(|year| year.letter),
        title: some(parts.title),
        authors,
        year: year.map(|year| text[year.start..year.start + 4].to_owned()),
        journal: some(journal(parts.rest)),
        volume,
        pages,
        doi,
    }
}

/// The stretches of an entry: who, what, and where it was published.
#[derive(Default)]
struct Stretches<'t> {
    authors: &'t str,
    title: &'t str,
    rest: &'t str,
}

fn without_marker(text: &str) -> &str {
    let Some((first, rest)) = text.split_once(' ') else {
        return text;
    };
    match marker(first) {
        Some(Marker::Reference(_) | Marker::Number(_) | Marker::Bullet) => rest.trim_start(),
        _ => text,
    }
}

/// `10.` and the number of a registrant, a slash, and what that chose (ISO 26324).
fn doi(text: &str) -> Option<String> {
    let starts = text.match_indices("10.").map(|(at, _)| &text[at..]);
    let found = starts.filter_map(|rest| {
        let token = rest.split_whitespace().next()?;
        let token = token.trim_end_matches(['.', ',', ';', ')', ']', '>']);
        let (registrant, suffix) = token[3..].split_once('/')?;
        let digits = registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        (digits && registrant.len() >= 4 && !suffix.is_empty()).then(|| token.to_owned())
    });
    found.into_iter().next()
}

/// The year in brackets or between full stops behind the names, or the last one that stands alone.
fn year(text: &str) -> Option<Year> {
    let bytes = text.as_bytes();
    let mut last = None;
    for start in 0..bytes.len().saturating_sub(3) {
        let digits = &bytes[start..start + 4];
        let is_year = (digits.starts_with(b"19") || digits.starts_with(b"20"))
            && digits.iter().all(u8::is_ascii_digit);
        let before = start.checked_sub(1).map(|at| bytes[at]);
        let alone = before.is_none_or(|b| matches!(b, b' ' | b'(' | b'[' | b','));
        if !is_year || !alone {
            continue;
        }
        let next = bytes.get(start + 4).copied().unwrap_or(b'.');
        let letter = Some(next).filter(u8::is_ascii_lowercase).map(char::from);
        let end = start + 4 + usize::from(letter.is_some());
        let after = bytes.get(end).copied().unwrap_or(b'.');
        if !matches!(after, b' ' | b'.' | b',' | b')' | b']' | b';' | b':') {
            continue;
        }
        let year = Year { start, end, letter };
        let in_brackets = before == Some(b'(') && after == b')';
        let behind_names = text[..start].trim_end().ends_with(['.', ',']) && after == b'.';
        if in_brackets || behind_names && start < text.len() / 2 {
            return Some(year);
        }
        last = Some(year);
    }
    last
}

/// `Authors. "Title," Journal ...`
fn by_quotes(text: &str) -> Option<Stretches<'_>> {
    let open = text.find(['\u{201C}', '"'])?;
    let inner = open + text[open..].chars().next()?.len_utf8();
    let close = inner + text[inner..].find(['\u{201D}', '"'])?;
    let after = close + text[close..].chars().next()?.len_utf8();
    Some(Stretches { authors: &text[..open], title: &text[inner..close], rest: &text[after..] })
}

/// `Authors (2001). Title. Journal ...`, `Authors. 2001. Title. Journal ...`
fn by_early_year<'t>(text: &'t str, year: &Year) -> Option<Stretches<'t>> {
    let after = text[year.end..].trim_start_matches([')', ']', '.', ',', ':', ' ']);
    let before = text[..year.start].trim_end_matches(['(', '[', ' ', ',']);
    if before.is_empty() || after.len() < text.len() / 3 {
        return None;
    }
    let (title, rest) = sentence(after);
    Some(Stretches { authors: before, title, rest })
}

/// `A. Author and B. Other. Title. Journal ...`
fn by_sentences(text: &str) -> Option<Stretches<'_>> {
    let (authors, rest) = sentence(text);
    let (title, rest) = sentence(rest);
    (!rest.is_empty()).then_some(Stretches { authors, title, rest })
}

/// Cuts after the first full stop that ends no initial and no short form.
fn sentence(text: &str) -> (&str, &str) {
    for (at, _) in text.match_indices(['.', '?', '!']) {
        let rest = &text[at + 1..];
        let before = text[..at].rsplit([' ', '.', '-']).next().unwrap_or_default();
        let tiny = before.chars().count() <= 2 && before.chars().all(char::is_alphanumeric);
        let short = tiny || before == "al";
        let ends = rest.is_empty() || rest.starts_with(' ');
        if ends && (!short || text[at..].starts_with(['?', '!'])) {
            return (&text[..at], rest.trim_start());
        }
    }
    (text, "")
}

/// From the start to the first number or comma.
fn journal(rest: &str) -> &str {
    let rest = rest.trim_start_matches([',', '.', ' ']);
    let rest = rest.strip_prefix("In: ").or_else(|| rest.strip_prefix("In ")).unwrap_or(rest);
    let end = rest.find(|c: char| c == ',' || c.is_ascii_digit() || c == '(').unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches("vol. ").trim_end_matches("Vol. ");
    if name.contains("http") || name.contains("doi") { "" } else { name }
}

/// Volume and pages: `12(3), 45-67`, `12:45-67`, `vol. 12, no. 3, pp. 45-67`.
fn numbers(rest: &str) -> (Option<String>, Option<String>) {
    let rest = rest.split("doi").next().unwrap_or_default();
    let rest = rest.split("http").next().unwrap_or_default();
    let tokens = |text: &str| -> Vec<String> {
        let cut = text.split(|c: char| c.is_whitespace() || ",;:()".contains(c));
        cut.map(|token| token.trim_matches('.').to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let tokens = tokens(rest);
    let is_number = |text: &str| {
        (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let range = |token: &String| {
        let ends: Vec<&str> =
            token.split(['-', '\u{2013}']).filter(|end| !end.is_empty()).collect();
        ends.len() == 2 && ends.iter().all(|end| is_number(end))
    };
    let pages = tokens.iter().find(|token| range(token));
    let single = tokens
        .windows(2)
        .find(|pair| lexicon::has(lexicon::PAGE_WORDS, &pair[0]) && is_number(&pair[1]));
    let named = tokens.windows(2).find(|pair| {
        lexicon::has(lexicon::VOLUME_WORDS, &pair[0].to_lowercase()) && is_number(&pair[1])
    });
    let is_volume = |token: &&String| is_number(token) && token.len() <= 4 && !is_year(token);
    let before_pages = tokens.iter().take_while(|token| !range(token));
    let plain = before_pages.clone().find(is_volume).filter(|_| pages.is_some());
    (
        named.map(|pair| pair[1].clone()).or_else(|| plain.cloned()),
        pages.cloned().or_else(|| single.map(|pair| pair[1].clone())),
    )
}

fn is_year(token: &str) -> bool {
    token.len() == 4 && (token.starts_with("19") || token.starts_with("20"))
}

/// The names of a list; none if a part of it is no name.
pub(super) fn names(list: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for token in tokens(list) {
        if is_initials(&token) && names.last().is_some_and(|last| !last.contains(',')) {
            if let Some(last) = names.last_mut() {
                *last = format!("{last}, {token}");
            }
            continue;
        }
        let letters = token.chars().filter(|c| c.is_alphabetic()).count();
        let is_name = letters >= 2
            && token.chars().count() <= NAME_CHARACTERS_MAX
            && !token.contains(|c: char| c.is_ascii_digit())
            && token.contains(char::is_uppercase);
        if !is_name {
            return Vec::new();
        }
        // A full stop behind a whole word ends the list, behind a letter it is part of the name.
        let last = token.rsplit([' ', '.']).nth(1).filter(|_| token.ends_with('.'));
        let last = last.map_or(0, |word| word.chars().count());
        names.push(if last > 2 { token.trim_end_matches('.').to_owned() } else { token });
    }
    names
}

/// The parts between commas and conjunctions, without marks of notes and `et al.`
fn tokens(list: &str) -> Vec<String> {
    let list = list.replace(" and ", ", ").replace(" & ", ", ").replace([';', '&'], ",");
    let marks = |c: char| {
        c.is_whitespace() || c.is_ascii_digit() || "*\u{2217}\u{2020}\u{2021}()[]:\"".contains(c)
    };
    let tokens = list.split(',').map(|token| token.trim().trim_matches(marks).to_owned());
    let plain = tokens.map(|token| match token.strip_prefix("and ") {
        Some(rest) => rest.to_owned(),
        None => token,
    });
    let short = plain.map(|token| match token.find(" et al") {
        Some(at) => token[..at].to_owned(),
        None => token,
    });
    short.filter(|token| !token.is_empty() && !token.starts_with("et al")).collect()
}

/// `J.`, `J. R.`, `J.-P.`, `JR`
fn is_initials(token: &str) -> bool {
    let letters: Vec<char> = token.chars().filter(|c| c.is_alphabetic()).collect();
    (1..=4).contains(&letters.len())
        && letters.iter().all(|c| c.is_uppercase())
        && token.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | ' ' | '-'))
        && (token.contains('.') || letters.len() <= 2)
}

/// The family name of the first author: before the initials, or the last word.
fn surname(list: &str) -> Option<String> {
    let tokens = tokens(list);
    let first = tokens.first()?;
    let inverted = tokens.get(1).is_some_and(|second| is_initials(second));
    let words: Vec<&str> = first.split_whitespace().collect();
    let name = if inverted {
        words.last()?
    } else {
        // `Smith J` has its initials behind, `J. Smith` before.
        words.iter().rev().find(|word| !is_initials(word))?
    };
    let name = name.trim_matches(|c: char| !c.is_alphabetic());
    let is_name = name.chars().count() >= 2 && name.starts_with(char::is_uppercase);
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&str; 7]) {
        let found = read(1, text);
        let plain = |field: &Option<String>| field.clone().unwrap_or_default();
        let got = [
            found.authors.join(" | "),
            plain(&found.title),
            plain(&found.year),
            plain(&found.journal),
            plain(&found.volume),
            plain(&found.pages),
            found.surname.unwrap_or_default(),
        ];
        assert_eq!(got, *want, "{text}");
    }

    #[test]
    fn the_styles_of_entries() {
        check(
            "Chen, L., & Berg, A. M. (2021). Lamps of the north. Journal of Lamps, 12(3), 45\u{2013}67.",
            &[
                "Chen, L. | Berg, A. M.",
                "Lamps of the north",
                "2021",
                "Journal of Lamps",
                "12",
                "45\u{2013}67",
                "Chen",
            ],
        );
        check(
            "[7] L. Chen and A. Berg, \u{201C}Lamps of the north,\u{201D} Journal of Lamps, vol. 12, pp. 45-67, 2021.",
            &[
                "L. Chen | A. Berg",
                "Lamps of the north",
                "2021",
                "Journal of Lamps",
                "12",
                "45-67",
                "Chen",
            ],
        );
        check(
            "[3] Lena Chen and Arne Berg. Lamps of the north. Journal of Lamps, 12:45-67, 2021.",
            &[
                "Lena Chen | Arne Berg",
                "Lamps of the north",
                "2021",
                "Journal of Lamps",
                "12",
                "45-67",
                "Chen",
            ],
        );
    }

    #[test]
    fn a_title_may_end_with_a_bracket() {
        let lamp =
            read(1, "Chen, L. (2022). Lamp (Version 1.2). https://doi.org/10.5281/zenodo.59");
        assert_eq!(lamp.title.as_deref(), Some("Lamp (Version 1.2)"));
    }

    #[test]
    fn identifiers_and_years() {
        let found = read(1, "Abel C. 2001b. A work of 1987. doi:10.1000/xyz-12.");
        assert_eq!(found.doi.as_deref(), Some("10.1000/xyz-12"));
        assert_eq!(found.surname.as_deref(), Some("Abel"));
        let dated = read(1, "Abel, C. (2001b). A work on 1987. Place.");
        assert_eq!(dated.year.as_deref(), Some("2001"));
        assert_eq!(dated.year_letter, Some('b'));
        assert!(read(1, "no fields here").title.is_none());
    }
}
