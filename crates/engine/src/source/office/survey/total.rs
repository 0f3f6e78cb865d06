//! What is counted of a document, and what is left out of it.

use super::body::BodyCounter;
use crate::limits::{Excess, Limit, Limits};

/// A part of a document that is left out because it is beyond a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Its page, from 1.
    pub page: usize,
    /// The name of its part.
    pub part: String,
    pub excess: Excess,
}

/// What is summed up over the parts of a document.
#[derive(Clone, Copy, Default)]
pub(super) struct Total {
    pub elements: u64,
    pub characters: u64,
    pub cells: u64,
    pub merged: u64,
}

impl Total {
    pub(super) fn add_body(&mut self, elements: u64, body: &BodyCounter) {
        self.elements = self.elements.saturating_add(elements);
        self.characters = self.characters.saturating_add(body.characters);
        self.cells = self.cells.saturating_add(body.cells);
    }

    pub(super) fn check(&self, limits: &Limits) -> Result<(), Excess> {
        limits.check(Limit::Elements, self.elements)?;
        limits.check(Limit::MergedCells, self.merged)?;
        limits.check(Limit::TableCells, self.cells)?;
        limits.check(Limit::TextCharacters, self.characters)
    }
}
