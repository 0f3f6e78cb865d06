//! Words and lines of text.

use std::ops::Range;

use super::characters::is_rtl;
use super::geometry::Rect;
use super::page::Style;

/// A word.
#[derive(Clone, Debug)]
pub struct Word {
    /// Its characters in reading order.
    pub text: String,
    /// Where it stands. While a page is laid out, in the frame in which its text is upright.
    pub rect: Rect,
    /// The height of its baseline in the frame in which it is upright.
    pub baseline: f32,
    /// Font size in points.
    pub size: f32,
    /// Its looks.
    pub style: Style,
    /// Characters at its start and at its end that are bold or italic where it is not, or the other
    /// way round.
    pub edges: [u8; 2],
    /// How sure its least certain character is, 0 to 1: 1 in a text layer.
    pub confidence: f32,
    /// Its raised and lowered characters; none where the whole word is.
    pub scripts: Vec<ScriptRun>,
    /// True if nothing but a change of line parts it from the word before, for text without spaces.
    pub glued: bool,
}

/// Which way characters stand off their line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Above it, as exponents are.
    Raised,
    /// Below it, as indices are.
    Lowered,
}

/// Characters of a word that stand off its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptRun {
    /// Counted in characters of the word.
    pub characters: Range<usize>,
    /// Which way they stand off.
    pub script: Script,
}

/// Words on one baseline.
#[derive(Clone, Debug)]
pub struct Line {
    /// In reading order.
    pub words: Vec<Word>,
    /// The box around its words.
    pub rect: Rect,
    /// The height of its baseline in the frame in which it is upright.
    pub baseline: f32,
    /// The font size that most of its characters have.
    pub size: f32,
    /// Place in the content stream.
    pub order: usize,
    /// It has gaps as wide as those between columns of a table.
    pub tabular: bool,
}

impl Line {
    /// Its words joined by spaces.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for word in &self.words {
            if !text.is_empty() && !word.glued {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        text
    }

    /// How many characters its words have.
    pub(crate) fn characters(&self) -> usize {
        self.words.iter().map(|word| word.text.chars().count()).sum()
    }

    /// The part of its characters for which the style holds.
    pub(crate) fn share(&self, holds: impl Fn(&Style) -> bool) -> f32 {
        let total = self.characters().max(1);
        let with: usize = self
            .words
            .iter()
            .filter(|word| holds(&word.style))
            .map(|word| word.text.chars().count())
            .sum();
        with as f32 / total as f32
    }
}

/// Makes a line of words. `words` is not empty.
pub(crate) fn line_of_words(words: Vec<Word>, order: usize) -> Line {
    let rect = words.iter().fold(Rect::NOTHING, |whole, word| whole.union(&word.rect));
    let size = dominant(words.iter().map(|word| (word.size, word.text.chars().count())));
    let baseline = words
        .iter()
        .find(|word| (word.size - size).abs() < 0.05 * size)
        .map_or(rect.y1, |word| word.baseline);
    Line { words, rect, baseline, size, order, tabular: false }
}

/// The value that carries most weight; values within a twentieth of a point count as one.
pub(crate) fn dominant(values: impl Iterator<Item = (f32, usize)>) -> f32 {
    let mut weights: Vec<(f32, usize)> = Vec::new();
    for (value, weight) in values {
        match weights.iter_mut().find(|(known, _)| (known - value).abs() < 0.05) {
            Some((_, sum)) => *sum += weight,
            None => weights.push((value, weight)),
        }
    }
    weights.into_iter().max_by_key(|(_, weight)| *weight).map_or(0.0, |(value, _)| value)
}

/// True if most letters of the line run to the left.
pub(crate) fn runs_left(line: &Line) -> bool {
    let (mut left, mut right) = (0_usize, 0_usize);
    for character in line.words.iter().flat_map(|word| word.text.chars()) {
        if is_rtl(character) {
            left += 1;
        } else if character.is_alphabetic() {
            right += 1;
        }
    }
    left > right
}
