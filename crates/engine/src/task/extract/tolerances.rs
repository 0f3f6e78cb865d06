//! Tolerances of the extraction: scores are between 0 and 1, distances in points unless they say so.

/// What a sum gains, and what its parts keep.
pub(super) const SUM_GAIN: f64 = 1.4;
pub(super) const PART_KEEPS: f64 = 0.6;

/// A box is a plain answer; the words beside it may fit the query badly.
pub(super) const BOX_TRUST: f64 = 0.98;
/// The only question with the wanted choices needs no words in common with the query.
pub(super) const ONLY_QUESTION: f64 = 0.75;
/// What stands in a field whose name fits.
pub(super) const FIELD_TRUST: f64 = 0.93;
/// Names of fields are often shortened or numbered.
pub(super) const NAME_TRUST: f64 = 0.9;
/// A question that stands over a list of boxes, not in their line.
pub(super) const QUESTION_ABOVE: f64 = 0.9;

/// An option begins within so many points of its box.
pub(super) const TO_OPTION_MAX: f64 = 40.0;
/// What has no option on a side counts as one so far away.
pub(super) const NO_OPTION: f64 = 100.0;
/// Boxes one below the other stand within so many of their lines' heights.
pub(super) const ROW_DISTANCE: f64 = 2.5;

/// Blocks of a letter's head stand apart by this share of a line's height.
pub(super) const BLOCK_GAP: f64 = 0.9;
