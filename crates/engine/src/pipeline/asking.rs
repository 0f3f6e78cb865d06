//! Asks recognisers about the pictures of several pages together, and remembers what that means for the
//! pages after them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::step::{Answered, PageRead, Question, Shown, Step};
use crate::error::OcrFault;
use crate::recognise::models::{Models, Picture, RecognisedText};

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
    pub(super) fn note(&self, read: &PageRead) {
        if read.fault == Some(OcrFault::DocumentTooSlow.into()) {
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

    fn known(&self, key: u64) -> Option<RecognisedText> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    fn remember(&self, key: u64, text: &RecognisedText) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < KNOWN_MAX {
            known.entry(key).or_insert_with(|| text.clone());
        }
    }
}

/// Asks about the pictures of all pages at once, as often as their words ask for another trial.
pub(super) fn answered(
    mut steps: Vec<Option<Step>>,
    models: &dyn Models,
    recognition: &Recognition,
) -> Vec<Option<Answered>> {
    while ask(&mut steps, models, recognition) {}
    let answer = |step| match step {
        Step::Read(read) => Answered::Read(read),
        Step::LeftOut(excess) => Answered::LeftOut(excess),
        Step::Asks(question) => Answered::Recognised(question),
    };
    steps.into_iter().map(|step| step.map(answer)).collect()
}

/// Asks about the pictures that are open; false if none is.
fn ask(steps: &mut [Option<Step>], models: &dyn Models, recognition: &Recognition) -> bool {
    let open = steps.iter_mut().flatten().filter_map(|step| match step {
        Step::Asks(question) => Some(question),
        _ => None,
    });
    let parts = |question: &Question| question.shown == Shown::Parts;
    let trials = open.flat_map(|question| {
        let repeats = parts(question);
        question.trials.iter_mut().map(move |trial| (trial, repeats))
    });
    let (mut pictures, mut waiting) = (Vec::new(), Vec::new());
    for (trial, repeats) in trials {
        let mut answers = Vec::new();
        for picture in trial.pictures() {
            let key = repeats.then(|| key_of(&picture));
            let known = key.and_then(|key| recognition.known(key));
            if known.is_none() {
                pictures.push(picture);
            }
            answers.push((key, known));
        }
        if !answers.is_empty() {
            waiting.push((trial, answers));
        }
    }
    if waiting.is_empty() {
        return false;
    }
    let texts = if pictures.is_empty() { Vec::new() } else { models.read_texts(pictures) };
    let mut texts = texts.into_iter();
    for (trial, answers) in waiting {
        let mut answers = answers.into_iter().map(|(key, known)| {
            let text = known.map_or_else(|| texts.next().unwrap_or(Err(OcrFault::Failed)), Ok);
            if let (Some(key), Ok(text)) = (key, &text) {
                recognition.remember(key, text);
            }
            text
        });
        trial.take(&mut answers);
    }
    true
}

fn key_of(picture: &Picture) -> u64 {
    let mut hasher = DefaultHasher::new();
    (picture.width, picture.height, &picture.pixels).hash(&mut hasher);
    hasher.finish()
}
