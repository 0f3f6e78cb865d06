//! What counters of all formats share: paragraphs that are open, and what is hidden.

use crate::model::PageIntake;
use crate::source::office::characters::Pieces;

/// Counts paragraphs as they end. A box of text stands within a paragraph.
#[derive(Default)]
pub(super) struct Paragraphs {
    open: Vec<Pieces>,
    /// Elements that are open and show nothing.
    hidden: usize,
}

impl Paragraphs {
    pub(super) fn open(&mut self) {
        self.open.push(Pieces::default());
    }

    /// Ends the innermost paragraph.
    pub(super) fn close(&mut self, to: &mut PageIntake) {
        if let Some(mut text) = self.open.pop() {
            to.text.add(&text.take());
        }
    }

    /// Adds a piece of text, entities unresolved.
    pub(super) fn push(&mut self, piece: &[u8]) {
        if let Some(open) = self.open.last_mut().filter(|_| self.hidden == 0) {
            open.push(piece);
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Begins something that is not shown, up to its end.
    pub(super) fn hide(&mut self) {
        self.hidden += 1;
    }

    pub(super) fn show(&mut self) {
        self.hidden = self.hidden.saturating_sub(1);
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.hidden > 0
    }
}

/// True for a part that shows the values of charts or the texts of diagrams.
pub(super) fn is_drawn_text(kind: &str) -> bool {
    kind.ends_with("/diagramData")
}
