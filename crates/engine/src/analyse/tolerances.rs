//! Tolerances that several folders of the analysis share.
//!
//! The documents that a tolerance names are those whose layout its rule is for. A value is measured
//! only where its sentence says so.

/// Letters of more than this many times the size of running text are bigger than it, as in titles
/// and section headings of articles and reports.
pub(super) const BIGGER_THAN_TEXT: f32 = 1.15;

/// Raised and lowered letters have less than this share of the size of their line: note marks of
/// articles and contracts, exponents of formulas.
pub(super) const SCRIPT_SIZE: f32 = 0.85;

/// Points. Pictures with a shorter side are dots, icons and signs, as in brochures and slides.
pub(super) const PICTURE_SIDE_MIN: f32 = 24.0;

/// Points. The size of text where nothing shows it, that of most office documents.
pub(super) const FONT_SIZE_FALLBACK: f32 = 10.0;

/// Widths of a letter. Signs of a word that stick out further at the edge of a link do not belong to
/// it: brackets and full stops around links of articles.
pub(super) const LINK_EDGE: f32 = 0.3;
