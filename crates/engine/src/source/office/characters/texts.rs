//! Texts of a file by their letters.

use std::collections::{HashMap, VecDeque};

use crate::model::Script;
use crate::source::office::styled::{Look, Styled};

/// Texts by their letters, those with the same in the order of the file.
#[derive(Debug, Default)]
pub(in crate::source::office) struct Characters {
    texts: HashMap<String, VecDeque<Styled>>,
    /// The signs of notes, by the letters of the notes.
    pub(super) notes: HashMap<String, String>,
    /// Comments that the library leaves out: the page of each, from 1, and its text.
    pub(in crate::source::office) comments: Vec<(usize, String)>,
}

impl Characters {
    pub(super) fn add(&mut self, styled: Styled) {
        let letters = letters(&styled);
        if !letters.is_empty() {
            self.texts.entry(letters).or_default().push_back(styled);
        }
    }

    /// Adds a text for which the library gives another: the value of a cell instead of what it shows.
    pub(super) fn add_as(&mut self, given: &str, styled: Styled) {
        self.texts.entry(squeezed(given)).or_default().push_back(styled);
    }

    /// The text with these letters as the file has it, if it has.
    pub(in crate::source::office) fn find(&mut self, text: &str) -> Option<Styled> {
        let known = self.texts.get_mut(&squeezed(text))?;
        // Some texts come twice, a last one stays for them.
        let found = if known.len() > 1 { known.pop_front()? } else { known.front()?.clone() };
        Some(with_breaks(found, text))
    }

    /// The sign in front of a note with these letters.
    pub(in crate::source::office) fn note_sign(&self, text: &str) -> Option<&str> {
        self.notes.get(&squeezed(text)).map(String::as_str)
    }
}

/// The sign of a note, which the library does not give.
pub(super) fn note_sign(number: &str) -> (String, Look) {
    (format!("[{number}]"), Look::Script(Script::Raised))
}

/// What the library gives of a text, without white space: signs of notes are not part of it.
fn letters(styled: &Styled) -> String {
    let mut text = styled.text.clone();
    for (bytes, look) in styled.looks.iter().rev() {
        let is_sign = text.get(bytes.clone()).is_some_and(|part| part.starts_with(NOTE));
        if is_sign && matches!(look, Look::Script(Script::Raised)) {
            text.replace_range(bytes.clone(), "");
        }
    }
    squeezed(&text)
}

/// Stands in front of signs of notes: no text has it.
pub(super) const NOTE: char = '\u{FFFE}';

pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200B}' | '\u{FEFF}')).collect()
}

/// With the line breaks that the library sees in the same letters, and plain signs of notes.
fn with_breaks(styled: Styled, like: &str) -> Styled {
    let mut breaks: Vec<usize> = Vec::new();
    let mut count = 0;
    for character in like.chars() {
        if character == '\n' {
            breaks.push(count);
        } else if !character.is_whitespace() {
            count += 1;
        }
    }
    let breaks_itself = styled.text.contains('\n');
    let (mut out, mut count) = (String::with_capacity(styled.text.len()), 0);
    let mut places = Vec::with_capacity(styled.text.len() + 1);
    let mut next = 0;
    let mut in_sign = false;
    for character in styled.text.chars() {
        if !character.is_whitespace() && !in_sign && character != NOTE {
            while !breaks_itself && breaks.get(next).is_some_and(|at| *at <= count) {
                out.push('\n');
                next += 1;
            }
            count += 1;
        }
        places.extend(std::iter::repeat_n(out.len(), character.len_utf8()));
        match character {
            NOTE => in_sign = true,
            _ => {
                in_sign &= character != ']';
                out.push(character);
            }
        }
    }
    places.push(out.len());
    let looks = styled.looks.into_iter();
    let looks = looks.map(|(bytes, look)| (places[bytes.start]..places[bytes.end], look));
    Styled { looks: looks.collect(), text: out }
}
