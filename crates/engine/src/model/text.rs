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
    /// Looks and links of characters, in bytes of `content`, ascending by their start.
    pub marks: Vec<(Range<usize>, Mark)>,
    /// Where the file itself begins a new line within the text, in bytes of `content`.
    pub breaks: Vec<usize>,
    /// The lines as they stand on the page; empty where the file has no coordinates.
    pub lines: Vec<Line>,
}

/// What is special about characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// They lead to this address.
    Link(String),
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Struck through.
    Struck,
}

impl Text {
    /// A text without coordinates.
    #[must_use]
    pub fn plain(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// Without the marks of bold type, if they cover all of it: headings and head cells are bold
    /// anyway.
    #[must_use]
    pub(crate) fn without_whole_bold(&self) -> std::borrow::Cow<'_, Self> {
        let bold = self.marks.iter().filter(|(_, mark)| *mark == Mark::Bold);
        let bold: usize = bold.map(|(bytes, _)| self.content[bytes.clone()].trim().len()).sum();
        let spaces = self.content.matches(' ').count();
        if bold == 0 || bold + spaces < self.content.len() {
            return std::borrow::Cow::Borrowed(self);
        }
        let mut text = self.clone();
        text.marks.retain(|(_, mark)| *mark != Mark::Bold);
        std::borrow::Cow::Owned(text)
    }

    /// What it says, cut where the file itself begins a new line.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain([self.content.len()]);
        starts.zip(ends).map(|(start, end)| &self.content[start..end])
    }
}
