//! Asks recognisers about the pictures of several pages together.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::recognition::Recognition;
use super::step::{Answered, Question, Shown, Step};
use crate::error::OcrFault;
use crate::recognise::models::{Models, Picture};

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
