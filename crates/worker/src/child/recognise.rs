//! The child's side of using models: it may start no program, so it asks its parent.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read, Write};

use docket_engine::{Models, OcrFault, Picture, RecognisedText, read_hocr};

use super::budget::CpuBudget;
use super::question::{
    Answer, Asked, BYTES_MAX, Fault, QUESTIONS_MAX, read_answer, write_questions,
};

/// Both ends of the child's connection to its parent.
pub(super) struct Parent<R, W> {
    pub(super) input: R,
    pub(super) output: W,
}

/// Models that the parent runs.
pub(super) struct ParentModels<'p, R, W> {
    pub(super) parent: &'p RefCell<Parent<R, W>>,
    pub(super) budget: &'p CpuBudget,
    /// Images whose text is asked for at the same time.
    pub(super) parallel: usize,
}

impl<R, W> fmt::Debug for ParentModels<'_, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParentModels")
    }
}

impl<R: Read, W: Write> Models for ParentModels<'_, R, W> {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        self.budget.pictures_recognised(pictures.len());
        let answers = self.ask(pictures.into_iter().map(Asked::from).collect());
        answers.into_iter().map(|answer| text_of(answer?)).collect()
    }

    fn parallel(&self) -> usize {
        self.parallel
    }

    fn page_drawn(&self) {
        self.budget.page_drawn();
    }
}

/// Reads the answer to [`super::Question::ReadText`]. It was made from a client's document, so it is
/// read here, where the document is, and not in the parent.
fn text_of(answer: Vec<u8>) -> Result<RecognisedText, OcrFault> {
    let hocr = String::from_utf8(answer).map_err(|_| OcrFault::Failed)?;
    read_hocr(&hocr).ok_or(OcrFault::Failed)
}

impl<R: Read, W: Write> ParentModels<'_, R, W> {
    /// The answers to questions of any kind, in their order.
    fn ask(&self, questions: Vec<Asked>) -> Vec<Answer> {
        // After a broken pipe the child dies at its next message to the parent.
        let parent = &mut *self.parent.borrow_mut();
        let mut answers = Vec::with_capacity(questions.len());
        for group in groups(questions) {
            match ask_together(parent, &group) {
                Ok(read) => answers.extend(read),
                Err(_) => answers.extend(group.iter().map(|_| Err(Fault::Failed))),
            }
        }
        answers
    }
}

/// Splits questions into groups that the parent takes at the same time.
fn groups(questions: Vec<Asked>) -> Vec<Vec<Asked>> {
    let mut groups: Vec<Vec<Asked>> = Vec::new();
    let mut bytes = 0;
    for asked in questions {
        let own = asked.payload.len() as u64;
        bytes += own;
        match groups.last_mut() {
            Some(group) if bytes <= BYTES_MAX && group.len() < QUESTIONS_MAX => group.push(asked),
            _ => {
                bytes = own;
                groups.push(vec![asked]);
            }
        }
    }
    groups
}

fn ask_together<R: Read, W: Write>(
    parent: &mut Parent<R, W>,
    questions: &[Asked],
) -> io::Result<Vec<Answer>> {
    write_questions(&mut parent.output, questions)?;
    questions.iter().map(|_| read_answer(&mut parent.input)).collect()
}
