//! What counts beside text.

/// What a paragraph or a cell costs beside its text, in characters.
pub(super) const PIECE_CHARACTERS: u64 = 25;
