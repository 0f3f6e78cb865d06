//! Turns the glyphs of a page into words, lines and paragraphs in reading order.
//!
//! Each direction of text is laid out by itself in a frame in which it is upright, so a stamp
//! along the margin or a table on its side does not disturb the rest.

mod bidi;
mod columns;
mod lines;
mod markers;
mod noise;
mod oblique;
mod order;
mod panels;
mod paragraphs;
mod scripts;
#[cfg(test)]
mod tests;
mod words;

use crate::geometry::{Direction, Rect};
pub(crate) use bidi::{is_rtl, runs_left};
pub(crate) use lines::line as line_of_words;
pub(crate) use markers::{Marker, item_marker, marker};
use paragraphs::Habits;
pub(crate) use scripts::{Script, ScriptRun, scripts_of};

use crate::pdf::{Glyph, PageContent, Style};
use crate::reading_order::Relation;
use crate::table::{Drawn, Table, extract, extract_lone, extract_unruled};

/// A word in the upright frame of its direction.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub text: String,
    pub rect: Rect,
    pub baseline: f32,
    pub size: f32,
    pub style: Style,
    /// How sure its least certain character is, 0 to 1: 1 in a text layer.
    pub confidence: f32,
    /// Its raised and lowered characters; none where the whole word is.
    pub scripts: Vec<ScriptRun>,
    /// True if nothing but a change of line parts it from the word before, for text without spaces.
    pub glued: bool,
}

/// Words on one baseline.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub words: Vec<Word>,
    pub rect: Rect,
    pub baseline: f32,
    /// The font size that most of its characters have.
    pub size: f32,
    /// Place in the content stream.
    pub order: usize,
    /// It has gaps as wide as those between columns of a table.
    pub tabular: bool,
    /// The line only keeps the place of a table.
    pub table: Option<Box<Table>>,
    /// The line only keeps the place of a panel with this number.
    pub panel: Option<usize>,
}

/// Lines that belong together: a paragraph, a heading, a list item.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub lines: Vec<Line>,
    pub rect: Rect,
    /// Left and right edge of the column it stands in.
    pub column: (f32, f32),
    pub direction: Direction,
    /// Why it is read after the block before it.
    pub follows: Relation,
    /// Its cells, if it is a table; `lines` are then those of all cells.
    pub table: Option<Box<Table>>,
}

/// A page cut into blocks in reading order.
#[derive(Debug, Default)]
pub(crate) struct PageLayout {
    /// Width in points as displayed.
    pub width: f32,
    /// Height in points as displayed.
    pub height: f32,
    pub blocks: Vec<Block>,
    pub pictures: Vec<Rect>,
}

impl Line {
    /// False if it only keeps a place.
    pub(crate) fn is_text(&self) -> bool {
        self.table.is_none() && self.panel.is_none()
    }

    /// Its words joined by spaces.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for word in &self.words {
            if !text.is_empty() && !word.glued {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        text
    }

    /// How many characters its words have.
    pub(crate) fn characters(&self) -> usize {
        self.words.iter().map(|word| word.text.chars().count()).sum()
    }

    /// The part of its characters for which the style holds.
    pub(crate) fn share(&self, holds: impl Fn(&Style) -> bool) -> f32 {
        let total = self.characters().max(1);
        let with: usize = self
            .words
            .iter()
            .filter(|word| holds(&word.style))
            .map(|word| word.text.chars().count())
            .sum();
        with as f32 / total as f32
    }
}

impl Block {
    pub(crate) fn new(lines: Vec<Line>, column: (f32, f32), direction: Direction) -> Self {
        let rect = lines.iter().fold(Rect::NOTHING, |whole, line| whole.union(&line.rect));
        Self { lines, rect, column, direction, follows: Relation::Column, table: None }
    }

    /// The block of a table.
    pub(crate) fn of_table(table: Box<Table>, column: (f32, f32), direction: Direction) -> Self {
        let lines: Vec<Line> = table.cells.iter().flat_map(|cell| cell.lines.clone()).collect();
        let rect = table.rect;
        Self { rect, table: Some(table), ..Self::new(lines, column, direction) }
    }

    pub(crate) fn characters(&self) -> usize {
        self.lines.iter().map(Line::characters).sum()
    }

    /// The size of most of its characters.
    pub(crate) fn size(&self) -> f32 {
        lines::dominant(self.lines.iter().map(|line| (line.size, line.characters())))
    }

    pub(crate) fn share(&self, holds: impl Fn(&Style) -> bool + Copy) -> f32 {
        let total = self.characters().max(1) as f32;
        self.lines.iter().map(|line| line.share(holds) * line.characters() as f32).sum::<f32>()
            / total
    }
}

/// Lines of a cell or another small area in reading order.
pub(crate) fn rows_of_lines(lines: Vec<Line>) -> Vec<Line> {
    let mut rows = order::arrange(lines);
    rows.iter_mut().for_each(bidi::to_reading_order);
    rows
}

/// Lays out a page.
pub(crate) fn lay_out(page: &PageContent) -> PageLayout {
    let main = main_direction(&page.glyphs);
    let mut blocks = flow(page, main);
    for direction in Direction::ALL {
        if direction != main {
            let from = blocks.len();
            blocks.extend(match direction {
                Direction::Oblique => oblique::blocks(&of_direction(page, direction)),
                _ => flow(page, direction),
            });
            if let Some(first) = blocks.get_mut(from) {
                first.follows = Relation::Turned;
            }
        }
    }
    PageLayout { width: page.width, height: page.height, blocks, pictures: page.pictures.clone() }
}

fn of_direction(page: &PageContent, direction: Direction) -> Vec<&Glyph> {
    page.glyphs.iter().filter(|glyph| glyph.direction == direction).collect()
}

/// Blocks of the text of one direction.
fn flow(page: &PageContent, direction: Direction) -> Vec<Block> {
    let glyphs = of_direction(page, direction);
    if glyphs.is_empty() {
        return Vec::new();
    }
    let fragments =
        words::fragments(&glyphs, |rect| direction.upright(rect, page.width, page.height));
    let mut fragments = lines::join(fragments);
    let noisy = noise::steady(&mut fragments);
    let body_size = lines::dominant(fragments.iter().map(|line| (line.size, line.characters())));
    let upright = |rects: &[Rect]| -> Vec<Rect> {
        rects.iter().map(|rect| direction.upright(rect, page.width, page.height)).collect()
    };
    let drawn = Drawn {
        rulings: upright(&page.rulings),
        fills: upright(&page.fills),
        squares: upright(&page.squares),
        pictures: &upright(&page.pictures),
    };
    let lines = extract(fragments, drawn);
    let lines = if page.is_cut { extract_lone(lines) } else { lines };
    let regions = match direction {
        Direction::Right => {
            let (lines, panels) = panels::take(lines, &page.panels);
            let insides = panels.into_iter().map(|panel| columns::cut(panel.lines)).collect();
            panels::put_back(columns::cut(lines), insides)
        }
        _ => columns::cut(lines),
    };
    let obstacles = match direction {
        Direction::Right => obstacles(page),
        _ => Vec::new(),
    };
    let habits = Habits { body_size, noisy, obstacles: &obstacles };
    let blocks = regions.into_iter().flat_map(|region| {
        let mut lines = rows_of_lines(extract_unruled(region.lines));
        if noisy {
            noise::judge_gaps(&mut lines);
        }
        let mut blocks = paragraphs::gather(lines, region.column, direction, &habits);
        if let Some(first) = blocks.first_mut() {
            first.follows = region.follows;
        }
        blocks
    });
    blocks.collect()
}

/// Pictures and boxes that text may flow around.
fn obstacles(page: &PageContent) -> Vec<Rect> {
    const SIDE_MIN: f32 = 24.0;
    const OBSTACLES_MAX: usize = 200;
    let big = |rect: &&Rect| {
        rect.width().min(rect.height()) > SIDE_MIN && rect.width() < 0.7 * page.width
    };
    page.pictures.iter().chain(&page.panels).filter(big).take(OBSTACLES_MAX).copied().collect()
}

fn main_direction(glyphs: &[Glyph]) -> Direction {
    let count =
        |direction: Direction| glyphs.iter().filter(|glyph| glyph.direction == direction).count();
    let candidates = Direction::ALL.into_iter().rev();
    candidates.max_by_key(|direction| count(*direction)).unwrap_or(Direction::Right)
}
