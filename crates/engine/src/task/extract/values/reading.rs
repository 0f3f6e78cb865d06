//! A value in a text, and where it stands.

use serde_json::Value;

use crate::task::extract::vocabulary::fold;

/// A value in a text.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub start: usize,
    pub end: usize,
    pub value: Value,
    /// What equal values have in common.
    pub key: String,
    /// How well the piece fits the kind, 0 to 1.
    pub quality: f64,
}

impl Reading {
    /// The piece as it stands.
    pub(crate) fn verbatim(text: &str, start: usize, end: usize, quality: f64) -> Self {
        let piece = text[start..end].trim();
        let start = start + text[start..end].find(piece).unwrap_or(0);
        let value = piece.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = fold(&value).chars().filter(|letter| letter.is_alphanumeric()).collect();
        Self { start, end: start + piece.len(), value: value.into(), key, quality }
    }
}

/// The words of a text with their bytes.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let origin = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - origin, word))
}
