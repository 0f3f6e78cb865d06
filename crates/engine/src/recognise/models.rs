//! The interface to recognisers: models that read images, and run outside of the engine.

use crate::error::OcrFault;
use crate::model::{Direction, Rect};
use std::fmt;

/// A grayscale image for a recogniser.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Row by row from the top, one byte a pixel: 0 is black, 255 is white.
    pub pixels: Vec<u8>,
    /// Dots per inch, as far as known.
    pub dpi: u32,
    /// How the text of the image is arranged.
    pub arrangement: Arrangement,
}

/// How the text of an image is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// As on a page: columns, headings, pictures, at any right angle.
    Page,
    /// The same, known to be upright.
    UprightPage,
    /// One upright column, such as a till receipt.
    Column,
    /// Upright rows over the whole width, such as a table cut from a page: words far apart in a row
    /// belong to the row.
    Rows,
}

/// The text that a recogniser read on an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecognisedText {
    /// The lines, in the recogniser's reading order.
    pub lines: Vec<RecognisedLine>,
    /// Where the image shows pictures instead of text.
    pub pictures: Vec<PixelBox>,
}

/// A line of recognised text.
#[derive(Clone, Debug, PartialEq)]
pub struct RecognisedLine {
    /// In reading order.
    pub words: Vec<RecognisedWord>,
    /// The direction of the text in the image.
    pub direction: Direction,
}

/// A recognised word.
#[derive(Clone, Debug, PartialEq)]
pub struct RecognisedWord {
    /// Without spaces around it.
    pub text: String,
    /// Where the image shows it.
    pub bounds: PixelBox,
    /// How sure the recogniser is of the text, from 0 to 1.
    pub confidence: f32,
}

/// A rectangle of an image, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelBox {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// The column behind the last.
    pub right: u32,
    /// The row behind the last.
    pub bottom: u32,
}

/// What recognisers can do.
///
/// Each kind of question is a method of its own with a typed answer, and optional: the default
/// answers that it is not available, and the engine works without it. The engine checks every answer.
pub trait Models: fmt::Debug {
    /// Reads the text of several images; the answers are in their order.
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        pictures.iter().map(|_| Err(OcrFault::Unavailable)).collect()
    }

    /// How many images it reads at the same time, at least 1. The engine draws that many pages
    /// of a document before it asks for their texts.
    fn parallel(&self) -> usize {
        1
    }

    /// Notes that a page was drawn to look for text in its pictures, which takes time even if no
    /// question follows.
    fn page_drawn(&self) {}
}

/// No recogniser at all.
#[derive(Clone, Copy, Debug)]
pub struct NoModels;

impl Models for NoModels {}

impl RecognisedText {
    /// The answer as far as it can be true of an image of this size: boxes end at its edges, empty
    /// ones are dropped, and confidences are from 0 to 1.
    pub(crate) fn checked(mut self, width: u32, height: u32) -> Self {
        self.pictures =
            self.pictures.iter().filter_map(|area| area.within(width, height)).collect();
        for line in &mut self.lines {
            line.words.retain_mut(|word| {
                word.confidence =
                    if word.confidence.is_nan() { 0.0 } else { word.confidence.clamp(0.0, 1.0) };
                let bounds = word.bounds.within(width, height);
                word.bounds = bounds.unwrap_or(word.bounds);
                bounds.is_some() && !word.text.trim().is_empty()
            });
        }
        self.lines.retain(|line| !line.words.is_empty());
        self
    }
}

impl PixelBox {
    /// As a rectangle in pixels.
    pub(crate) fn rect(self) -> Rect {
        let [x0, y0, x1, y1] = [self.left, self.top, self.right, self.bottom].map(|at| at as f32);
        Rect { x0, y0, x1, y1 }
    }

    /// The part of it that an image of this size has; `None` if that is empty.
    fn within(self, width: u32, height: u32) -> Option<Self> {
        let Self { left, top, right, bottom } = self;
        let (right, bottom) = (right.min(width), bottom.min(height));
        (left < right && top < bottom).then_some(Self { left, top, right, bottom })
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {} at {} dpi)", self.width, self.height, self.dpi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_cannot_be_true_is_cut_to_the_image() {
        let word = |text: &str, [left, top, right, bottom]: [u32; 4], confidence| RecognisedWord {
            text: text.to_owned(),
            bounds: PixelBox { left, top, right, bottom },
            confidence,
        };
        let line = |words| RecognisedLine { words, direction: Direction::Right };
        let answer = RecognisedText {
            lines: vec![
                line(vec![
                    word("inside", [1, 2, 30, 12], 0.5),
                    word("over the edge", [40, 2, u32::MAX, 12], 7.0),
                    word("unsure", [1, 2, 30, 12], f32::NAN),
                    word(" ", [1, 2, 30, 12], 0.5),
                    word("empty", [30, 2, 30, 12], 0.5),
                ]),
                line(vec![word("outside", [100, 2, 130, 12], 0.5)]),
            ],
            pictures: vec![PixelBox { left: 5, top: 60, right: 9, bottom: 70 }],
        };
        let want = line(vec![
            word("inside", [1, 2, 30, 12], 0.5),
            word("over the edge", [40, 2, 100, 12], 1.0),
            word("unsure", [1, 2, 30, 12], 0.0),
        ]);
        let checked = answer.checked(100, 50);
        assert_eq!(checked, RecognisedText { lines: vec![want], pictures: Vec::new() });
    }
}
