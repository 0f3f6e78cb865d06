//! What comes out of a file without drawn pages.

use crate::limits::Excess;
use crate::model::{Block, Intake, Page};

/// A document as blocks on pages.
pub(crate) struct OfficeDocument {
    /// All pages: slides, sheets, or one.
    pub pages: Vec<Page>,
    pub blocks: Vec<Block>,
    /// Pages that are beyond a limit by themselves, from 1. They hold no blocks.
    pub left_out: Vec<(usize, Excess)>,
    /// What the file holds.
    pub intake: Intake,
    /// Part of the file ends before its end.
    pub damaged: bool,
}
