//! What the recognition of one page means for the pages after it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::{OcrFault, PictureFault};
use crate::recognise::models::{Models, RecognisedText};

/// What the recognition of one page means for the next ones. Pages that are read ahead by other
/// threads are not drawn for nothing.
#[derive(Debug, Default)]
pub(super) struct Recognition {
    is_over: AtomicBool,
    /// Pages that were drawn and not yet noted to the models.
    drawn: AtomicUsize,
    /// Pictures beside text that were asked about.
    parts: AtomicUsize,
    /// Texts of pictures beside text: logos stand on every page.
    known: Mutex<HashMap<u64, RecognisedText>>,
}

/// Pictures beside text that are recognised in one document.
const PARTS_MAX: usize = 200;
/// Texts of pictures that are kept.
const KNOWN_MAX: usize = 100;

impl Recognition {
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Notes how the recognition of a page went.
    pub(super) fn note(&self, fault: Option<PictureFault>) {
        if fault == Some(OcrFault::DocumentTooSlow.into()) {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }

    /// Passes on to the models that pages were drawn.
    pub(super) fn note_drawn(&self, models: &dyn Models) {
        (0..self.drawn.swap(0, Ordering::Relaxed)).for_each(|_| models.page_drawn());
    }

    /// Notes that a page was drawn.
    pub(super) fn page_drawn(&self) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
    }

    /// How many of so many pictures beside text may be recognised.
    pub(super) fn take_parts(&self, wanted: usize) -> usize {
        let before = self.parts.fetch_add(wanted, Ordering::Relaxed);
        wanted.min(PARTS_MAX.saturating_sub(before))
    }

    pub(super) fn known(&self, key: u64) -> Option<RecognisedText> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    pub(super) fn remember(&self, key: u64, text: &RecognisedText) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < KNOWN_MAX {
            known.entry(key).or_insert_with(|| text.clone());
        }
    }
}
