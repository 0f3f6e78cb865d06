//! Text of a file with the looks of its characters, before white space is collapsed.

use std::ops::Range;

use crate::model::{Mark, Script, Text};

const SOFT_HYPHEN: char = '\u{AD}';

/// How characters look, or where they lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Mark(Mark),
    Script(Script),
}

/// A text in which `\n` begins a new line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Styled {
    pub text: String,
    /// Bytes of the text, ascending by their start.
    pub looks: Vec<(Range<usize>, Look)>,
}

impl From<&str> for Styled {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), looks: Vec::new() }
    }
}

impl From<String> for Styled {
    fn from(text: String) -> Self {
        Self { text, looks: Vec::new() }
    }
}

impl Styled {
    /// Appends characters that look so.
    pub(super) fn push(&mut self, text: &str, looks: impl IntoIterator<Item = Look>) {
        let start = self.text.len();
        self.text.push_str(text);
        for look in looks {
            let adjoins =
                |(bytes, other): &&mut (Range<usize>, Look)| *other == look && bytes.end == start;
            match self.looks.iter_mut().find(adjoins) {
                Some((bytes, _)) => bytes.end = self.text.len(),
                None => self.looks.push((start..self.text.len(), look)),
            }
        }
    }

    /// Appends another text.
    pub(super) fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        let moved = |(bytes, look): &(Range<usize>, Look)| {
            (bytes.start + start..bytes.end + start, look.clone())
        };
        self.looks.extend(other.looks.iter().map(moved));
    }

    /// With something in front of it.
    pub(super) fn after(&self, before: &str) -> Self {
        let mut whole = Self::from(before);
        whole.append(self);
        whole
    }

    /// Takes the marks off struck text.
    pub(super) fn forget_struck(&mut self) {
        self.looks.retain(|(_, look)| *look != Look::Mark(Mark::Struck));
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How many characters it has.
    pub(super) fn characters(&self) -> usize {
        self.text.chars().count()
    }

    /// As running text: white space collapsed, without soft hyphens.
    pub(super) fn into_text(self) -> Text {
        let mut content = String::with_capacity(self.text.len());
        let mut breaks = Vec::new();
        // Where each byte of the text comes to stand.
        let mut places: Vec<usize> = Vec::with_capacity(self.text.len() + 1);
        let (mut space, mut line) = (false, false);
        for character in self.text.chars() {
            if character.is_whitespace() {
                space = true;
                line |= character == '\n';
                places.extend(std::iter::repeat_n(content.len(), character.len_utf8()));
                continue;
            }
            if character == SOFT_HYPHEN {
                places.extend(std::iter::repeat_n(content.len(), character.len_utf8()));
                continue;
            }
            if space && !content.is_empty() {
                content.push(' ');
                if line {
                    breaks.push(content.len());
                }
            }
            (space, line) = (false, false);
            places.extend(std::iter::repeat_n(content.len(), character.len_utf8()));
            content.push(character);
        }
        places.push(content.len());
        let mut text = Text { breaks, ..Text::default() };
        for (bytes, look) in self.looks {
            let (start, end) = (places[bytes.start], places[bytes.end.min(self.text.len())]);
            let inside = content.get(start..end).unwrap_or_default();
            if inside.trim().is_empty() {
                continue;
            }
            let start = start + inside.len() - inside.trim_start().len();
            let bytes = start..start + inside.trim().len();
            match look {
                Look::Mark(mark) => text.marks.push((bytes, mark)),
                Look::Script(script) => text.scripts.push((bytes, script)),
            }
        }
        text.marks.sort_by_key(|(bytes, _)| bytes.start);
        text.scripts.sort_by_key(|(bytes, _)| bytes.start);
        text.content = content;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_move_with_their_characters() {
        let mut styled = Styled::from("  40 \u{AD} m");
        styled.push("2 ", [Look::Script(Script::Raised)]);
        styled.push("\n fine ", [Look::Mark(Mark::Bold)]);
        styled.push(" print", [Look::Mark(Mark::Bold)]);
        let text = styled.into_text();
        assert_eq!(text.content, "40 m2 fine print");
        assert_eq!(text.scripts, [(4..5, Script::Raised)]);
        assert_eq!(text.marks, [(6..16, Mark::Bold)]);
        assert_eq!(text.breaks, [6]);
    }

    #[test]
    fn every_character_stays() {
        for text in ["60*40*30", "a_b \\_ ~~x~~ [x](y) <b>", "* p < .05", "&lt; &amp;", "1. x"] {
            assert_eq!(Styled::from(text).into_text().content, text);
        }
    }
}
