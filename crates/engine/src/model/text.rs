//! Running text, and the lines that it was set in.

use std::ops::Range;

use super::line::{Line, Script};

/// A text in reading order.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// What it says: its lines joined by spaces, hyphens at line ends resolved.
    pub content: String,
    /// Raised and lowered characters, in bytes of `content`, ascending and apart.
    pub scripts: Vec<(Range<usize>, Script)>,
    /// Where the file itself begins a new line within the text, in bytes of `content`.
    pub breaks: Vec<usize>,
    /// The lines as they stand on the page; empty where the file has no coordinates.
    pub lines: Vec<Line>,
}

impl Text {
    /// A text without coordinates.
    #[must_use]
    pub fn plain(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// What it says, cut where the file itself begins a new line.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain([self.content.len()]);
        starts.zip(ends).map(|(start, end)| &self.content[start..end])
    }
}
