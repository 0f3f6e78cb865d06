//! The words of a document by page, visual line and cell, and where each concept stands: what the
//! search for values runs on, in points.

mod grid;

use std::collections::HashMap;
use std::ops::Range;

use self::grid::Grid;
use super::area::{Area, bounds};
use super::ticks::sign;
use super::vocabulary::concepts;
use crate::model::{Block, Content, Document, Text};

/// A word, or a part of one where a label is glued to its value.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: String,
    pub area: Area,
    pub confidence: f64,
    pub page: usize,
    /// Its area is that on its page; else on a grid that stands for it.
    pub has_coordinates: bool,
    pub concepts: Vec<String>,
    pub cell: usize,
    /// It stands in the head of a table of a file that names its tables.
    pub is_head: bool,
}

/// Words of a line that stand close together.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub words: Range<usize>,
    pub area: Area,
    pub line: usize,
}

/// Cells side by side on a page.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub cells: Range<usize>,
    pub area: Area,
    pub page: usize,
}

/// A block as running text.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    /// It is a running header or footer.
    pub is_running: bool,
    /// In reading order.
    pub words: Vec<usize>,
    /// Its texts, those of the cells of a table, as parts of `words`.
    pub texts: Vec<Range<usize>>,
}

/// The searchable document.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub words: Vec<Word>,
    pub cells: Vec<Cell>,
    pub lines: Vec<Line>,
    pub passages: Vec<Passage>,
    /// Width and height in points by page number.
    pub sizes: HashMap<usize, (f64, f64)>,
    positions: HashMap<String, Vec<usize>>,
}

/// A word before lines are known, with its place in the flow.
struct Loose {
    word: Word,
    passage: usize,
}

impl Index {
    pub(super) fn new(document: &Document) -> Self {
        let mut index = Self::default();
        let mut pages: Vec<(usize, Vec<Loose>)> = Vec::new();
        let mut grid = Grid::default();
        for page in &document.pages {
            let size = page.size.map(|(width, height)| (f64::from(width), f64::from(height)));
            index.sizes.extend(size.map(|size| (page.number, size)));
        }
        for (passage, block) in document.blocks.iter().enumerate() {
            let size = index.sizes.get(&block.page).copied();
            let (mut loose, mut texts) = (Vec::new(), Vec::new());
            for (nth, words) in words_of(block, size, &mut grid).into_iter().enumerate() {
                let start = loose.len();
                let is_head = is_head(block, nth);
                for placed in words {
                    let word =
                        |(text, area)| Word { is_head, ..placed.word(text, area, block.page) };
                    loose.extend(placed.parts().map(word).map(|word| Loose { word, passage }));
                }
                texts.push(start..loose.len());
            }
            index.passages.push(Passage {
                is_running: block.is_running(),
                words: Vec::new(),
                texts,
            });
            match pages.iter_mut().find(|(number, _)| *number == block.page) {
                Some((_, words)) => words.extend(loose),
                None => pages.push((block.page, loose)),
            }
        }
        pages.sort_by_key(|(number, _)| *number);
        for (_, words) in pages {
            index.add_page(words);
        }
        for (at, word) in index.words.iter().enumerate() {
            for concept in &word.concepts {
                index.positions.entry(concept.clone()).or_default().push(at);
            }
        }
        index
    }

    /// Where a concept stands, ascending.
    pub(super) fn positions(&self, concept: &str) -> &[usize] {
        self.positions.get(concept).map_or(&[], Vec::as_slice)
    }

    pub(super) fn cell_of(&self, word: usize) -> &Cell {
        &self.cells[self.words[word].cell]
    }

    pub(super) fn line_of(&self, cell: &Cell) -> &Line {
        &self.lines[cell.line]
    }

    /// The words of a text of a block, in reading order.
    pub(super) fn words_of_text(&self, block: usize, text: usize) -> &[usize] {
        let passage = &self.passages[block];
        passage.texts.get(text).map_or(&[], |part| &passage.words[part.clone()])
    }

    /// The words of a range, joined.
    pub(super) fn text(&self, words: impl IntoIterator<Item = usize>) -> String {
        let mut text = String::new();
        for word in words {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&self.words[word].text);
        }
        text
    }

    fn add_page(&mut self, loose: Vec<Loose>) {
        let lines = visual_lines(&loose);
        let mut flow = vec![0; loose.len()];
        let passages: Vec<usize> = loose.iter().map(|loose| loose.passage).collect();
        let mut words: Vec<Option<Word>> =
            loose.into_iter().map(|loose| Some(loose.word)).collect();
        for line in lines {
            let first = self.words.len();
            for original in &line {
                flow[*original] = self.words.len();
                self.words.extend(words[*original].take());
            }
            self.add_line(first);
        }
        for (original, passage) in passages.into_iter().enumerate() {
            self.passages[passage].words.push(flow[original]);
        }
    }

    /// Makes a line with its cells of the words from `first` on.
    fn add_line(&mut self, first: usize) {
        let first_cell = self.cells.len();
        let line = self.lines.len();
        let mut start = first;
        for at in first..self.words.len() {
            let ends = self.words.get(at + 1).is_none_or(|next| is_seam(&self.words[at], next));
            if ends {
                let words = &mut self.words[start..=at];
                words.iter_mut().for_each(|word| word.cell = self.cells.len());
                let area = bounds(words.iter().map(|word| word.area));
                self.cells.push(Cell { words: start..at + 1, area, line });
                start = at + 1;
            }
        }
        let area = bounds(self.words[first..].iter().map(|word| word.area));
        let page = self.words[first].page;
        self.lines.push(Line { cells: first_cell..self.cells.len(), area, page });
    }
}

/// Words further apart than this share of their height belong to different cells.
const SEAM: f64 = 0.85;
/// Words that overlap by this share of their height were printed over one another.
const OVERPRINT: f64 = 0.6;

fn is_seam(word: &Word, next: &Word) -> bool {
    let height = word.area.height().max(next.area.height()).max(1.0);
    let gap = next.area.left - word.area.right;
    gap > SEAM * height || gap < -OVERPRINT * height
}

/// Sorts words into lines from top to bottom, each from left to right.
fn visual_lines(loose: &[Loose]) -> Vec<Vec<usize>> {
    let area = |at: &usize| loose[*at].word.area;
    let mut order: Vec<usize> = (0..loose.len()).collect();
    order.sort_by(|a, b| area(a).middle().total_cmp(&area(b).middle()));
    let mut lines: Vec<(Vec<usize>, Area)> = Vec::new();
    for at in order {
        let this = area(&at);
        let fits = |line: &Area| {
            let reach = 0.4 * line.height().min(this.height()).max(1.0);
            (line.middle() - this.middle()).abs() < reach
        };
        match lines.last_mut() {
            Some((words, line)) if fits(line) => words.push(at),
            _ => lines.push((vec![at], this)),
        }
    }
    for (words, _) in &mut lines {
        words.sort_by(|a, b| area(a).left.total_cmp(&area(b).left));
    }
    lines.into_iter().map(|(words, _)| words).collect()
}

/// A word of a block where it stands.
struct Placed<'d> {
    text: &'d str,
    area: Area,
    confidence: f64,
    has_coordinates: bool,
}

impl<'d> Placed<'d> {
    /// The word, or the label and the value that are glued together in it.
    fn parts(&self) -> impl Iterator<Item = (&'d str, Area)> {
        let letters = self.text.chars().count().max(1) as f64;
        let area = self.area;
        let width = area.right - area.left;
        let mut done = 0.0;
        parts(self.text).into_iter().map(move |part| {
            let share = part.chars().count() as f64;
            let left = area.left + width * done / letters;
            let right = area.left + width * (done + share) / letters;
            done += share;
            (part, Area { left, right, ..area })
        })
    }

    fn word(&self, text: &str, area: Area, page: usize) -> Word {
        let Self { confidence, has_coordinates, .. } = *self;
        let concepts = concepts(text);
        Word {
            text: text.to_owned(),
            area,
            confidence,
            page,
            has_coordinates,
            concepts,
            cell: 0,
            is_head: false,
        }
    }
}

/// The text with this number is a cell in the head of a table that has a body. On pages the head is
/// often a row of labels with their values, which only looks like one.
fn is_head(block: &Block, text: usize) -> bool {
    let Content::Table(table) = &block.content else { return false };
    if block.rect.is_some() {
        return false;
    }
    let has_body = table.cells.last().is_some_and(|last| !last.header);
    has_body && table.cells.get(text).is_some_and(|cell| cell.header)
}

/// The words of each text of a block, on a page of this size.
fn words_of<'d>(
    block: &'d Block,
    size: Option<(f64, f64)>,
    grid: &mut Grid,
) -> Vec<Vec<Placed<'d>>> {
    if block.rect.is_none() {
        let placed = |(text, area)| Placed { text, area, confidence: 1.0, has_coordinates: false };
        let texts = grid.words(block).into_iter();
        return texts.map(|words| words.into_iter().map(placed).collect()).collect();
    }
    let (width, height) = size.unwrap_or((f64::MAX, f64::MAX));
    let within = |points: f32, end: f64| f64::from(points).clamp(0.0, end);
    let placed = |word: &'d crate::model::Word| Placed {
        text: &word.text,
        area: Area {
            left: within(word.rect.x0, width),
            top: within(word.rect.y0, height),
            right: within(word.rect.x1, width),
            bottom: within(word.rect.y1, height),
        },
        confidence: f64::from(word.confidence),
        has_coordinates: true,
    };
    let words = |text: &'d Text| text.lines.iter().flat_map(|line| &line.words).map(placed);
    block.texts().map(|text| words(text).collect()).collect()
}

/// A word as it is, or cut behind the `=`, `:` or `#` that glues a label to its value.
fn parts(word: &str) -> Vec<&str> {
    let is_cut = |(at, sign): &(usize, char)| {
        let (before, after) = (&word[..*at], &word[at + sign.len_utf8()..]);
        let named = before.chars().filter(|letter| letter.is_alphabetic()).count() >= 2;
        let filled = after.starts_with(|first: char| first.is_alphanumeric() || first == '$');
        match sign {
            '=' => named && filled,
            ':' | '#' => {
                named && filled && !before.contains(|letter: char| letter.is_ascii_digit())
            }
            _ => false,
        }
    };
    let mut letters = word.chars();
    if let Some(first) = letters.next()
        && letters.as_str().starts_with(char::is_alphanumeric)
        && sign(first.encode_utf8(&mut [0; 4]), None).is_some()
    {
        let (before, after) = word.split_at(first.len_utf8());
        return vec![before, after];
    }
    match word.char_indices().find(is_cut) {
        Some((at, sign)) => {
            let (before, after) = word.split_at(at + sign.len_utf8());
            vec![before, after]
        }
        None => vec![word],
    }
}
