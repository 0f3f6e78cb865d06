//! Reads addresses of the net, telephone numbers and numbers of bank accounts.

use super::reading::{Reading, words};

const EDGES: &[char] = &['(', ')', '<', '>', ',', ';', ':', '"', '“', '”', '.', '[', ']', '|'];

/// The words of which the test holds, without the signs around them.
fn matching(text: &str, test: impl Fn(&str) -> bool) -> Vec<Reading> {
    words(text)
        .filter_map(|(start, word)| {
            let bare = word.trim_matches(EDGES);
            let start = start + word.find(bare)?;
            test(bare).then(|| Reading::verbatim(text, start, start + bare.len(), 1.0))
        })
        .collect()
}

pub(super) fn emails(text: &str) -> Vec<Reading> {
    matching(text, |word| {
        word.split_once('@').is_some_and(|(who, host)| {
            let labels = host.split('.').all(|label| !label.is_empty());
            !who.is_empty() && host.contains('.') && labels && !host.contains('@')
        })
    })
}

pub(super) fn urls(text: &str) -> Vec<Reading> {
    let endings = [
        ".com", ".org", ".net", ".gov", ".edu", ".io", ".de", ".fr", ".nl", ".uk", ".eu", ".in",
        ".it", ".es", ".ch", ".at", ".be", ".info", ".biz", ".us", ".ca", ".au", ".my",
    ];
    matching(text, |word| {
        let lower = word.to_lowercase();
        let host = lower.split("://").last().unwrap_or_default();
        let host = host.split('/').next().unwrap_or_default();
        let known = endings.iter().any(|ending| host.ends_with(ending));
        !word.contains('@')
            && host.contains('.')
            && (lower.starts_with("http") || lower.starts_with("www.") || known)
    })
}

/// Runs of figures with the signs that telephone numbers use, 7 to 15 figures in all.
pub(super) fn phones(text: &str) -> Vec<Reading> {
    let mut found = Vec::new();
    let mut from = 0;
    let fits = |letter: char| letter.is_ascii_digit() || " +-./()".contains(letter);
    while let Some(at) =
        text[from..].find(|letter: char| letter.is_ascii_digit() || "+(".contains(letter))
    {
        let start = from + at;
        let length = text[start..].find(|letter: char| !fits(letter)).unwrap_or(text.len() - start);
        let piece = text[start..start + length].trim_end_matches([' ', '-', '.', '/', '(', '+']);
        let digits = piece.chars().filter(char::is_ascii_digit).count();
        if (7..=15).contains(&digits) && super::dates::dates(piece, false).is_empty() {
            let signed = piece.contains(['+', '(', '-', '.', ' ', '/']);
            let quality = if signed { 1.0 } else { 0.8 };
            found.push(Reading::verbatim(text, start, start + piece.len(), quality));
        }
        from = start + length.max(1);
    }
    found
}

/// Account numbers whose check digits are right.
pub(super) fn ibans(text: &str) -> Vec<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    for (start, word) in words(text) {
        let begins = matches!(word.as_bytes(), [a, b, c, d, ..]
            if a.is_ascii_uppercase() && b.is_ascii_uppercase()
                && c.is_ascii_digit() && d.is_ascii_digit());
        let taken = found.last().is_some_and(|last| start < last.end);
        if begins && !taken {
            found.extend(iban_at(text, start));
        }
    }
    found
}

/// The longest piece from `start` whose check digits are right.
fn iban_at(text: &str, start: usize) -> Option<Reading> {
    let mut best = None;
    let mut compact = String::new();
    for (at, letter) in text[start..].char_indices() {
        if letter.is_ascii_alphanumeric() && !letter.is_ascii_lowercase() {
            compact.push(letter);
        } else if letter != ' ' {
            break;
        }
        if compact.len() > 34 {
            break;
        }
        if compact.len() >= 15 && is_checked(&compact) {
            best = Some(start + at + letter.len_utf8());
        }
    }
    best.map(|end| Reading::verbatim(text, start, end, 1.0))
}

/// ISO 7064 mod 97-10.
fn is_checked(iban: &str) -> bool {
    let turned = iban[4..].chars().chain(iban[..4].chars());
    let rest = turned.filter_map(|letter| letter.to_digit(36)).fold(0_u32, |rest, figure| {
        if figure < 10 { (rest * 10 + figure) % 97 } else { (rest * 100 + figure) % 97 }
    });
    rest == 1
}

pub(super) fn bics(text: &str) -> Vec<Reading> {
    matching(text, |word| {
        matches!(word.len(), 8 | 11)
            && word.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
            && word[..6].chars().all(|letter| letter.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(read: fn(&str) -> Vec<Reading>, text: &str, expected: &[&str]) {
        let found = read(text);
        let found: Vec<&str> = found.iter().filter_map(|reading| reading.value.as_str()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn contacts_of_papers() {
        check(emails, "eMail: info@example.de, or", &["info@example.de"]);
        check(urls, "see www.example.org/a and b.c", &["www.example.org/a"]);
        check(phones, "Tel. +49 6051 916 44 10", &["+49 6051 916 44 10"]);
        check(phones, "(214) 720-4444", &["(214) 720-4444"]);
        check(phones, "on 02/10/2020", &[]);
        check(ibans, "IBAN NL50INGB0683251309 BIC", &["NL50INGB0683251309"]);
        check(
            ibans,
            "FR76 1010 7002 4500 6170 5231 739 - BIC",
            &["FR76 1010 7002 4500 6170 5231 739"],
        );
        check(ibans, "NL51INGB0683251309", &[]);
        check(bics, "BIC INGBNL2A", &["INGBNL2A"]);
    }
}
