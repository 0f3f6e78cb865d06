//! Values that could be the one, and the document that they stand in.

use super::index::Index;
use super::prose::Prose;
use super::ticks::Ticks;
use super::values::Reading;
use crate::model::Document;

/// What is known of the whole document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'d> {
    pub document: &'d Document,
    pub index: &'d Index,
    pub prose: &'d Prose,
    pub ticks: &'d Ticks,
    pub day_first: bool,
}

/// A value that could be the one.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub words: Vec<usize>,
    pub reading: Reading,
    pub score: f64,
}
