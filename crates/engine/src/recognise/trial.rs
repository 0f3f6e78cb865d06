//! Reads a picture until its words are sure: as it is first, and only if its words are weak, turned
//! or with more contrast. Works by the words that come back, whatever recogniser reads them.

use super::models::{Arrangement, Picture, RecognisedText, RecognisedWord};
use super::ocr::Asked;
use super::picture::{Rows, levelled};
use super::turn::Turn;
use crate::error::OcrFault;
use crate::model::Rect;

/// Words of pictures that lie on a side or on their head have a mean confidence of .21 to .39, those
/// of the faintest receipts .63 (Tesseract 5.3 on 14 receipts, letters and pages).
const WEAK: f32 = 0.5;
/// A sure letter counts by how much it is surer than this.
const POINTS_FROM: f32 = 0.5;
/// Another way to read a picture takes over if it has so many times the points.
const TURNED_BETTER: f32 = 1.3;
const LEVELLED_BETTER: f32 = 1.15;
/// Fewer letters in the rows of a picture are no text that could be missed ...
const LETTERS_MIN: usize = 6;
/// ... and this share of them, without words, is.
const MISSED_SHARE: f32 = 0.3;
/// In a picture beside text, fewer letters are labels, for which no second way is tried.
const PART_LETTERS_MIN: usize = 60;
/// The surer words with which a row counts as read, and the share of the row that they cover.
const READ_CONFIDENCE: f32 = 0.4;
const READ_SHARE: f32 = 0.5;
/// Words of a text that are compared with rows.
const WORDS_MAX: usize = 10_000;
/// Rows run down a picture that lies on its side: so many times the letters of rows across.
const SIDEWAYS: usize = 2;

/// A picture on its way to be read.
pub(crate) struct Trial {
    pub(crate) asked: Asked,
    open: Vec<Attempt>,
    best: Option<Reading>,
    fault: Option<OcrFault>,
    stage: Stage,
    /// Of a page that has text of its own.
    is_part: bool,
}

/// A way to read a picture.
#[derive(Clone, Copy)]
struct Attempt {
    turn: Turn,
    levelled: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    First,
    Turned,
    Levelled,
}

struct Reading {
    attempt: Attempt,
    text: RecognisedText,
    sureness: Sureness,
}

/// How sure a text is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sureness {
    /// The letters and digits, each by how much it is surer than a guess.
    points: f32,
    /// The mean confidence of its characters.
    pub(crate) mean: f32,
    /// Characters.
    pub(crate) characters: usize,
}

impl Sureness {
    pub(crate) fn of(text: &RecognisedText) -> Self {
        let words = || text.lines.iter().flat_map(|line| &line.words);
        let characters = |word: &RecognisedWord| word.text.chars().count();
        let letters = |word: &RecognisedWord| {
            word.text.chars().filter(|character| character.is_alphanumeric()).count() as f32
        };
        let total = words().map(characters).sum::<usize>();
        let sum: f32 = words().map(|word| word.confidence * characters(word) as f32).sum();
        let points =
            |word: &RecognisedWord| letters(word) * (word.confidence - POINTS_FROM).max(0.0);
        let points = words().map(points).sum();
        Self { points, mean: sum / (total.max(1) as f32), characters: total }
    }

    pub(crate) fn is_weak(self) -> bool {
        self.mean < WEAK
    }
}

impl Trial {
    /// Of a picture that nothing was asked about yet.
    pub(crate) fn new(asked: Asked) -> Self {
        let turns: &[Turn] = match asked.arrangement(Turn::None) {
            // Recognisers of pages look for their angle themselves.
            Arrangement::Page | Arrangement::UprightPage => &[Turn::None],
            _ if runs_down(&asked) => &[Turn::Quarter, Turn::ThreeQuarters],
            _ => &[Turn::None],
        };
        let mut trial = Self {
            asked,
            open: Vec::new(),
            best: None,
            fault: None,
            stage: Stage::First,
            is_part: false,
        };
        trial.open(turns, false);
        trial
    }

    /// The same for a picture beside text, which may be a drawing: less is tried.
    pub(crate) fn of_part(asked: Asked) -> Self {
        Self { is_part: true, ..Self::new(asked) }
    }

    /// The pictures that are to be asked about now; none if it is over.
    pub(crate) fn pictures(&self) -> Vec<Picture> {
        let stretched = self.open.iter().any(|attempt| attempt.levelled);
        let pixels = self.asked.pixels();
        let stretched = stretched.then(|| levelled(pixels));
        let picture = |attempt: &Attempt| {
            let pixels = stretched.as_ref().filter(|_| attempt.levelled).unwrap_or(pixels);
            let (across, down) = self.asked.rows();
            let upright = self.is_part && across.letters >= SIDEWAYS * down.letters;
            let arrangement = match self.asked.arrangement(attempt.turn) {
                Arrangement::Page if upright || self.stage != Stage::First => {
                    Arrangement::UprightPage
                }
                arrangement => arrangement,
            };
            attempt.turn.picture(pixels, self.asked.dpi(), arrangement)
        };
        self.open.iter().map(picture).collect()
    }

    /// Takes the answers to the last question, as many as there were pictures.
    pub(crate) fn take(
        &mut self,
        answers: &mut dyn Iterator<Item = Result<RecognisedText, OcrFault>>,
    ) {
        let (width, height) = self.asked.pixels().dimensions();
        for attempt in std::mem::take(&mut self.open) {
            match answers.next().unwrap_or(Err(OcrFault::Failed)) {
                Ok(text) => {
                    let sides =
                        if attempt.turn.is_sideways() { (height, width) } else { (width, height) };
                    let text = attempt.turn.back(text.checked(sides.0, sides.1), width, height);
                    let sureness = Sureness::of(&text);
                    self.judge(Reading { attempt, text, sureness });
                }
                Err(fault) => self.fault = Some(fault),
            }
        }
        self.go_on();
    }

    /// The text, or why there is none.
    pub(crate) fn outcome(self) -> (Asked, Result<RecognisedText, OcrFault>) {
        let Self { asked, best, fault, .. } = self;
        (asked, best.map(|reading| reading.text).ok_or(fault.unwrap_or(OcrFault::Failed)))
    }

    fn open(&mut self, turns: &[Turn], levelled: bool) {
        self.open = turns.iter().map(|turn| Attempt { turn: *turn, levelled }).collect();
    }

    fn judge(&mut self, reading: Reading) {
        let factor = if reading.attempt.levelled { LEVELLED_BETTER } else { TURNED_BETTER };
        let better = self.best.as_ref().is_none_or(|best| {
            reading.sureness.points > factor * best.sureness.points
                && (reading.attempt.levelled || reading.sureness.mean > best.sureness.mean)
        });
        if better {
            self.best = Some(reading);
        }
    }

    /// Opens further attempts where the best text so far is not good enough.
    fn go_on(&mut self) {
        let Some(best) = &self.best else { return };
        let rows = self.asked.rows();
        let letters = rows.0.letters.max(rows.1.letters);
        if self.is_part && letters < PART_LETTERS_MIN {
            return;
        }
        let turn = best.attempt.turn;
        let weak = best.sureness.is_weak() && letters >= LETTERS_MIN;
        match self.stage {
            Stage::First if weak => {
                self.stage = Stage::Turned;
                let mut turns = further_turns(turn, rows).to_vec();
                if self.is_part {
                    turns.truncate(2);
                } else if self.asked.arrangement(turn) == Arrangement::Page {
                    // A recogniser of pages may have turned an upright one.
                    turns.insert(0, turn);
                }
                self.open(&turns, false);
            }
            Stage::First | Stage::Turned if !self.is_part => {
                let rows = if rows.0.letters >= rows.1.letters { &rows.0 } else { &rows.1 };
                if misses_rows(rows, &best.text) {
                    self.stage = Stage::Levelled;
                    self.open(&[turn], true);
                }
            }
            _ => {}
        }
    }
}

/// The turns that are worth a try after a first one was read weakly.
fn further_turns(first: Turn, (across, down): &(Rows, Rows)) -> &'static [Turn] {
    if first != Turn::None {
        &[Turn::None, Turn::Half]
    } else if across.letters >= SIDEWAYS * down.letters {
        &[Turn::Half]
    } else if down.letters >= SIDEWAYS * across.letters {
        &[Turn::Quarter, Turn::ThreeQuarters]
    } else {
        &[Turn::Half, Turn::Quarter, Turn::ThreeQuarters]
    }
}

fn runs_down(asked: &Asked) -> bool {
    let (across, down) = asked.rows();
    down.letters >= LETTERS_MIN && down.letters > SIDEWAYS * across.letters
}

/// Rows of letters show where the text has no words.
fn misses_rows(rows: &Rows, text: &RecognisedText) -> bool {
    let words = text.lines.iter().flat_map(|line| &line.words);
    let sure = words.filter(|word| word.confidence >= READ_CONFIDENCE);
    let areas: Vec<Rect> = sure.map(|word| word.bounds.rect()).take(WORDS_MAX).collect();
    let is_read = |row: &Rect| {
        let covered: f32 = areas.iter().map(|area| area.intersection(row).area()).sum();
        covered >= READ_SHARE * row.area()
    };
    let missed: usize =
        rows.rows.iter().filter(|(row, _)| !is_read(row)).map(|(_, letters)| letters).sum();
    missed >= LETTERS_MIN && missed as f32 >= MISSED_SHARE * rows.letters as f32
}
