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
    (closed && is_letter_or_roman(inner)).then_some(Marker::Letter)
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
        for plain in ["a", "J.", "2019.", "(see", "word", "", "1.2."] {
            assert_eq!(marker(plain), None, "{plain}");
        }
    }
}
