//! Recognises what list items start with.

use super::line::Word;

/// The start of a list item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A dot, dash or other sign.
    Bullet,
    /// `3.` or `3)`; the number.
    Number(u32),
    /// `(a)`, `iv)` and the like.
    Letter,
    /// `[12]`: an entry of a bibliography.
    Reference(u32),
}

/// The marker that a word on a page is; some programs write a hollow bullet as `o` in Courier.
pub(crate) fn item_marker(word: &Word) -> Option<Marker> {
    let hollow = word.text == "o" && word.style.monospaced;
    if hollow { Some(Marker::Bullet) } else { marker(&word.text) }
}

/// The marker that a line begins with. The dialling code of a telephone number is none.
pub(crate) fn line_marker(words: &[Word]) -> Option<Marker> {
    let (first, rest) = words.split_first()?;
    let found = item_marker(first)?;
    let texts = rest.iter().map(|word| word.text.as_str());
    let is_code = matches!(found, Marker::Number(_)) && is_dialling_code(&first.text, texts);
    (!is_code).then_some(found)
}

/// The place in the alphabet of a letter with a dot, which marks an item beside others only: `b.` 2.
pub(crate) fn letter_with_dot(word: &str) -> Option<u8> {
    match word.as_bytes() {
        [letter @ b'a'..=b'z', b'.'] => Some(letter - b'a' + 1),
        _ => None,
    }
}

/// A number before groups of digits, such as `(415) 555-0199`: three digits, or with a 0 in front, or
/// in brackets of two. Numbers of items are followed by words, or by an amount.
fn is_dialling_code<'w>(code: &str, rest: impl Iterator<Item = &'w str>) -> bool {
    const DIGITS_MIN: usize = 5;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let is_code =
        digits.len() == 3 || digits.starts_with('0') || digits.len() == 2 && code.starts_with('(');
    let is_group = |word: &&str| {
        word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | '/' | '\u{2013}'))
            && word.chars().any(|c| c.is_ascii_digit())
    };
    let is_amount = |word: &str| word.rsplit_once('.').is_some_and(|(_, cents)| cents.len() <= 2);
    let groups: Vec<&str> = rest.take_while(is_group).collect();
    let count: usize =
        groups.iter().map(|group| group.bytes().filter(u8::is_ascii_digit).count()).sum();
    is_code && count >= DIGITS_MIN && !groups.iter().all(|group| is_amount(group))
}

/// The marker that a text is, if it is one.
pub(crate) fn marker(word: &str) -> Option<Marker> {
    let mut characters = word.chars();
    let first = characters.next()?;
    if characters.next().is_none() {
        return is_bullet(first).then_some(Marker::Bullet);
    }
    let number = |digits: &str| {
        let short = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        short.then(|| digits.parse::<u32>().ok()).flatten()
    };
    if let Some(inner) = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return number(inner).map(Marker::Reference);
    }
    let open = word.strip_prefix('(');
    let body = open.unwrap_or(word);
    let (closed, inner) = match body.strip_suffix(')') {
        Some(inner) => (true, inner),
        None => (false, body.strip_suffix('.')?),
    };
    if open.is_some() && !closed {
        return None;
    }
    if let Some(value) = number(inner) {
        // `(3)` in front of a line is more often the number of a formula than of an item.
        return Some(Marker::Number(value));
    }
    let is_marker = if closed { is_letter_or_roman(inner) } else { is_roman_with_dot(inner) };
    is_marker.then_some(Marker::Letter)
}

/// A roman number that a dot may follow: more than one letter, or `i`. (`v.` is short for versus.)
fn is_roman_with_dot(text: &str) -> bool {
    let roman = (2..=5).contains(&text.len()) && text.bytes().all(|byte| b"ivx".contains(&byte));
    roman || text == "i"
}

fn is_bullet(character: char) -> bool {
    matches!(
        character,
        '\u{2022}'
            | '\u{2023}'
            | '\u{2043}'
            | '\u{204C}'
            | '\u{204D}'
            | '\u{2219}'
            | '\u{25AA}'
            | '\u{25AB}'
            | '\u{25A0}'
            | '\u{25A1}'
            | '\u{25B6}'
            | '\u{25BA}'
            | '\u{25CB}'
            | '\u{25CF}'
            | '\u{25E6}'
            | '\u{2610}'
            | '\u{2611}'
            | '\u{2612}'
            | '\u{2713}'
            | '\u{2717}'
            | '\u{27A2}'
            | '\u{2794}'
            | '\u{B7}'
            | '\u{2013}'
            | '\u{2014}'
            | '-'
            | '*'
            | '\u{2192}'
            | '\u{2756}'
            | '\u{25C6}'
    )
}

fn is_letter_or_roman(text: &str) -> bool {
    let single = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let roman = (1..=5).contains(&text.len()) && text.bytes().all(|byte| b"ivx".contains(&byte));
    single || roman
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers() {
        assert_eq!(marker("\u{2022}"), Some(Marker::Bullet));
        assert_eq!(marker("12."), Some(Marker::Number(12)));
        assert_eq!(marker("3)"), Some(Marker::Number(3)));
        assert_eq!(marker("(iv)"), Some(Marker::Letter));
        assert_eq!(marker("[7]"), Some(Marker::Reference(7)));
        for roman in ["i.", "ii.", "iv.", "xii."] {
            assert_eq!(marker(roman), Some(Marker::Letter), "{roman}");
        }
        for plain in ["a", "J.", "2019.", "(see", "word", "", "1.2.", "v.", "mm."] {
            assert_eq!(marker(plain), None, "{plain}");
        }
    }

    #[test]
    fn telephone_numbers_begin_no_items() {
        let is_code = |text: &str| {
            let mut words = text.split(' ');
            is_dialling_code(words.next().unwrap_or_default(), words)
        };
        for text in [
            "(415) 555-0199",
            "(415) 555-0199 ext. 4",
            "(020) 7946 0018",
            "(02) 9374 4000",
            "(11) 5555-1234",
            "212. 555.0100",
        ] {
            assert!(is_code(text), "{text}");
        }
        for text in ["(415) lamps", "(1) 350", "12. 2500.00", "3. 555-0199", "(100) 12.50", "1) 4"]
        {
            assert!(!is_code(text), "{text}");
        }
    }
}
