//! The running text of a document as one string, for searches that lines and cells would hinder.

use super::index::Index;
use super::run::Run;

/// The text of all passages but running headers and footers.
#[derive(Debug, Default)]
pub(super) struct Prose {
    pub run: Run,
    /// The same bytes in lower case, as far as ASCII goes.
    pub lower: String,
    /// Start of each word of the index; words of running headers and footers have none.
    starts: Vec<Option<usize>>,
}

impl Prose {
    pub(super) fn new(index: &Index) -> Self {
        let passages = index.passages.iter().filter(|passage| !passage.is_running);
        let run = Run::of_passages(index, passages);
        let lower = run.text.to_ascii_lowercase();
        let mut starts = vec![None; index.words.len()];
        for (start, word) in run.starts() {
            starts[word] = Some(start);
        }
        Self { run, lower, starts }
    }

    /// The byte at which a word starts.
    pub(super) fn start_of(&self, word: usize) -> Option<usize> {
        self.starts.get(word).copied().flatten()
    }

    /// Where a phrase in lower case stands as whole words.
    pub(super) fn places<'p>(&'p self, phrase: &'p str) -> impl Iterator<Item = usize> + 'p {
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        self.lower.match_indices(phrase).map(|(at, _)| at).filter(move |at| {
            !is_word(self.lower[..*at].chars().next_back())
                && !is_word(self.lower[at + phrase.len()..].chars().next())
        })
    }

    /// The bytes from `at` on, `length` at most.
    pub(super) fn after(&self, at: usize, length: usize) -> std::ops::Range<usize> {
        at..self.boundary((at + length).min(self.run.text.len()))
    }

    /// The bytes up to `at`, `length` at most.
    pub(super) fn before(&self, at: usize, length: usize) -> std::ops::Range<usize> {
        self.boundary(at.saturating_sub(length))..at
    }

    fn boundary(&self, mut at: usize) -> usize {
        while !self.run.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
