//! Text cut into numbers, words and signs, which the readers of dates and amounts run on.

/// A piece of text without blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lexeme<'t> {
    pub kind: LexemeKind,
    pub text: &'t str,
    pub start: usize,
    pub end: usize,
    /// It touches the piece before it.
    pub glued: bool,
}

/// What a piece is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LexemeKind {
    Digits,
    Letters,
    Sign,
}

impl Lexeme<'_> {
    pub(super) fn is(&self, sign: &str) -> bool {
        self.text == sign
    }

    pub(super) fn is_digits(&self, lengths: std::ops::RangeInclusive<usize>) -> bool {
        self.kind == LexemeKind::Digits && lengths.contains(&self.text.len())
    }

    /// The figure that the digits make.
    pub(super) fn figure(&self) -> Option<u32> {
        if self.kind == LexemeKind::Digits { self.text.parse().ok() } else { None }
    }
}

/// Cuts a text.
pub(super) fn lexemes(text: &str) -> Vec<Lexeme<'_>> {
    let mut found: Vec<Lexeme<'_>> = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, first)) = letters.next() {
        if first.is_whitespace() {
            continue;
        }
        let kind = kind_of(first);
        let mut end = start + first.len_utf8();
        while let Some((at, next)) = letters.peek().copied() {
            if kind == LexemeKind::Sign || kind_of(next) != kind || next.is_whitespace() {
                break;
            }
            end = at + next.len_utf8();
            letters.next();
        }
        let glued = found.last().is_some_and(|last| last.end == start);
        found.push(Lexeme { kind, text: &text[start..end], start, end, glued });
    }
    found
}

fn kind_of(letter: char) -> LexemeKind {
    if letter.is_ascii_digit() {
        LexemeKind::Digits
    } else if letter.is_alphabetic() {
        LexemeKind::Letters
    } else {
        LexemeKind::Sign
    }
}
