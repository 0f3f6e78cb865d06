//! Turns the glyphs of a page into words, lines and paragraphs in reading order.
//!
//! Each direction of text is laid out by itself in a frame in which it is upright, so a stamp
//! along the margin or a table on its side does not disturb the rest.

mod bidi;
mod columns;
mod lines;
mod noise;
mod oblique;
mod order;
mod panels;
mod paragraphs;
#[cfg(test)]
mod tests;
mod words;

use crate::analyse::table::{Drawn, extract, extract_lone, extract_unruled};
use crate::model::{Block, Direction, Glyph, PageContent, PageLayout, Rect, Relation, dominant};
pub(crate) use order::rows_of_lines;
use paragraphs::Habits;

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
    let body_size = dominant(fragments.iter().map(|line| (line.size, line.characters())));
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
