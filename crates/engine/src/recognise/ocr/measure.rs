//! Sizes and baselines of recognised lines, from the shapes of their letters.

use crate::model::{Direction, Rect};
use crate::recognise::models::{PixelBox, RecognisedLine, RecognisedWord};
use crate::recognise::picture::Prepared;

/// Heights in font sizes, of typical text faces (Times, Helvetica): of small letters, of letters
/// with an ascender and of capitals, and what hangs below the baseline.
const X_HEIGHT: f32 = 0.47;
const ASCENT: f32 = 0.69;
const DESCENT: f32 = 0.21;
/// Sizes closer than this share are one size, measured inexactly.
const SIZE_SLACK: f32 = 0.13;
/// Sizes are told in steps of so many points.
const SIZE_STEP: f32 = 0.5;

/// Lines less sure than this are the shading of pictures: of five book pages no line of text was,
/// and receipts, faint as they are, read better without (word F1 .792 against .785).
const LINE_CONFIDENCE_MIN: f32 = 0.35;

/// The same in pictures of a few rows: there is no room for shading, and a lost line is a lost row.
const ROW_CONFIDENCE_MIN: f32 = 0.1;

/// A recognised line on the page, in points.
pub(super) struct Line<'f> {
    pub words: Vec<(&'f RecognisedWord, Rect)>,
    pub direction: Direction,
    /// In the frame in which the line is upright.
    pub baseline: f32,
    pub size: f32,
}

/// Places lines on a page of this size.
pub(super) fn measure<'f>(
    found: &'f [RecognisedLine],
    prepared: &Prepared,
    page: (f32, f32),
) -> Vec<Line<'f>> {
    let least = if prepared.is_cut { ROW_CONFIDENCE_MIN } else { LINE_CONFIDENCE_MIN };
    let sure = found.iter().filter(|line| confidence(line) >= least);
    let mut lines: Vec<Line<'f>> = sure.filter_map(|line| place(line, prepared, page)).collect();
    level_sizes(&mut lines);
    lines
}

/// The mean over its characters.
pub(super) fn confidence(line: &RecognisedLine) -> f32 {
    let letters = |word: &RecognisedWord| word.text.chars().count() as f32;
    let total: f32 = line.words.iter().map(letters).sum();
    let sum: f32 = line.words.iter().map(|word| word.confidence * letters(word)).sum();
    sum / total.max(1.0)
}

/// A box of the picture as one of the page.
pub(super) fn on_page(area: &PixelBox, prepared: &Prepared) -> Rect {
    let (x0, y0) = prepared.to_points(area.left as f32, area.top as f32);
    let (x1, y1) = prepared.to_points(area.right as f32, area.bottom as f32);
    Rect { x0, y0, x1, y1 }
}

fn place<'f>(found: &'f RecognisedLine, prepared: &Prepared, page: (f32, f32)) -> Option<Line<'f>> {
    let direction = found.direction;
    let words: Vec<(&RecognisedWord, Rect)> =
        found.words.iter().map(|word| (word, on_page(&word.bounds, prepared))).collect();
    let upright: Vec<(&str, Rect)> = words
        .iter()
        .map(|(word, rect)| (word.text.as_str(), direction.upright(rect, page.0, page.1)))
        .collect();
    let size = median(upright.iter().filter_map(|(text, rect)| size_of(text, rect.height())))
        .or_else(|| median(upright.iter().map(|(_, rect)| rect.height())))?;
    let baseline = median(upright.iter().map(|(text, rect)| {
        if Shape::of(text).descends { rect.y1 - DESCENT * size } else { rect.y1 }
    }))?;
    Some(Line { words, direction, baseline, size })
}

/// What of a word goes above its small letters and below the baseline.
struct Shape {
    ascends: bool,
    descends: bool,
    letters: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        Self {
            ascends: text.chars().any(|c| {
                c.is_uppercase() || c.is_numeric() || "bdfhkltij()[]{}/\\|!?\"'&$%".contains(c)
            }),
            descends: text.chars().any(|c| "gjpqyQ,;()[]{}/\\|$_".contains(c)),
            letters: text.chars().any(char::is_alphanumeric),
        }
    }
}

fn size_of(text: &str, height: f32) -> Option<f32> {
    let shape = Shape::of(text);
    let above = if shape.ascends { ASCENT } else { X_HEIGHT };
    let below = if shape.descends { DESCENT } else { 0.0 };
    shape.letters.then_some(height / (above + below))
}

fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// Lines of about the same size get one size, the most common first: what differs by a pixel is not
/// set in another size.
fn level_sizes(lines: &mut [Line<'_>]) {
    let weight = |line: &Line<'_>| -> usize { line.words.iter().map(|(w, _)| w.text.len()).sum() };
    let mut open: Vec<usize> = (0..lines.len()).collect();
    while !open.is_empty() {
        let near = |a: f32, b: f32| (a - b).abs() <= SIZE_SLACK * a.max(b);
        let support = |at: &usize| -> usize {
            let size = lines[*at].size;
            open.iter()
                .filter(|other| near(lines[**other].size, size))
                .map(|o| weight(&lines[*o]))
                .sum()
        };
        // Candidates are few sizes, not all lines: a page of a thousand lines stays cheap.
        let step = open.len().div_ceil(64);
        let Some(leader) = open.iter().step_by(step).copied().max_by_key(support) else { return };
        let leading = lines[leader].size;
        let (members, rest): (Vec<usize>, Vec<usize>) =
            open.iter().partition(|at| near(lines[**at].size, leading));
        let common = median(members.iter().map(|at| lines[*at].size)).unwrap_or(leading);
        let told = ((common / SIZE_STEP).round() * SIZE_STEP).max(SIZE_STEP);
        for at in members {
            lines[at].size = told;
        }
        open = rest;
    }
}
