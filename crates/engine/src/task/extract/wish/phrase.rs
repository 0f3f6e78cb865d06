//! The words that label a property.

use crate::task::extract::vocabulary::{Weight, weight};

/// Concepts that together make a label, and how well they fit the property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Phrase {
    pub concepts: Vec<String>,
    pub weight: f64,
}

impl Phrase {
    pub(super) fn new(concepts: Vec<String>, weight: f64) -> Self {
        Self { concepts, weight }
    }

    pub(crate) fn is_generic(&self) -> bool {
        self.concepts.iter().all(|concept| weight(concept) != Weight::Specific)
    }
}
