//! Turns the glyphs of a page into words, lines and paragraphs in reading order.
//!
//! Each direction of text is laid out by itself in a frame in which it is upright, so a stamp
//! along the margin or a table on its side does not disturb the rest.

mod bidi;
mod columns;
mod item;
mod lines;
mod noise;
mod oblique;
mod order;
mod panels;
mod paragraphs;
#[cfg(test)]
mod tests;
mod tolerances;
mod words;

use crate::analyse::draft::{BlockDraft, PageLayout, Relation};
use crate::analyse::table::{Drawn, Extracted, extract, extract_lone, extract_unruled};
use crate::analyse::tolerances as shared;
use crate::model::{Direction, Glyph, PageContent, Rect, dominant};
use item::{Item, in_stream_order};
use order::rows_of_items;
pub(crate) use order::rows_of_lines;
use panels::Panel;
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
fn flow(page: &PageContent, direction: Direction) -> Vec<BlockDraft> {
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
    let Extracted { mut lines, mut tables } = extract(fragments, drawn);
    if page.is_cut {
        let lone = extract_lone(lines);
        lines = lone.lines;
        tables.extend(lone.tables);
    }
    let items = in_stream_order(lines, tables);
    let regions = match direction {
        Direction::Right => {
            let (items, panels) = panels::take(items, &page.panels);
            let inside = |panel: Panel| columns::cut(in_stream_order(panel.lines, []));
            let insides = panels.into_iter().map(inside).collect();
            panels::put_back(columns::cut(items), insides)
        }
        _ => columns::cut(items),
    };
    let obstacles = match direction {
        Direction::Right => obstacles(page),
        _ => Vec::new(),
    };
    let habits = Habits { body_size, noisy, obstacles: &obstacles };
    let blocks = regions.into_iter().flat_map(|region| {
        let mut items = rows_of_items(with_unruled_tables(region.items));
        if noisy {
            noise::judge_gaps(&mut items);
        }
        let mut blocks = paragraphs::gather(items, region.column, direction, &habits);
        if let Some(first) = blocks.first_mut() {
            first.follows = region.follows;
        }
        blocks
    });
    blocks.collect()
}

/// Finds the tables without rules among the lines of a column.
fn with_unruled_tables(items: Vec<Item>) -> Vec<Item> {
    let (mut lines, mut others) = (Vec::new(), Vec::with_capacity(items.len()));
    for item in items {
        match item {
            Item::Line(line) => {
                lines.push(line);
                others.push(None);
            }
            other => others.push(Some(other)),
        }
    }
    let found = extract_unruled(lines);
    if found.tables.is_empty() {
        let mut lines = found.lines.into_iter().map(Item::Line);
        return others.into_iter().filter_map(|other| other.or_else(|| lines.next())).collect();
    }
    let mut items: Vec<Item> = others.into_iter().flatten().collect();
    items.extend(in_stream_order(found.lines, found.tables));
    items.sort_by_key(Item::order);
    items
}

/// Pictures and boxes that text may flow around.
fn obstacles(page: &PageContent) -> Vec<Rect> {
    const OBSTACLES_MAX: usize = 200;
    let big = |rect: &&Rect| {
        rect.width().min(rect.height()) > shared::PICTURE_SIDE_MIN
            && rect.width() < tolerances::OBSTACLE_WIDTH_MAX * page.width
    };
    page.pictures.iter().chain(&page.panels).filter(big).take(OBSTACLES_MAX).copied().collect()
}

fn main_direction(glyphs: &[Glyph]) -> Direction {
    let count =
        |direction: Direction| glyphs.iter().filter(|glyph| glyph.direction == direction).count();
    let candidates = Direction::ALL.into_iter().rev();
    candidates.max_by_key(|direction| count(*direction)).unwrap_or(Direction::Right)
}
