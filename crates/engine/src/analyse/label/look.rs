//! The looks of headings.

use super::norms::Norms;

/// The looks of a heading: those with the same looks have the same level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) capitals: bool,
    /// Parts of its number: 2 for `3.1`; 0 without number.
    pub(super) numbers: usize,
    /// Set in another typeface than running text.
    pub(super) foreign: bool,
    /// In the middle of its column.
    pub(super) centred: bool,
    /// Ends with a colon, as labels do, or holds one before a value.
    pub(super) label: bool,
}

impl Look {
    pub(super) fn stands_out(&self, norms: &Norms) -> bool {
        self.bold && !norms.body_bold || self.italic && !norms.body_italic || self.foreign
    }
}
