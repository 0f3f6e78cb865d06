//! Turns the glyphs of a page into words, lines and paragraphs in reading order.
//!
//! Each direction of text is laid out by itself in a frame in which it is upright, so a stamp
//! along the margin or a table on its side does not disturb the rest.

mod bidi;
mod columns;
mod item;
mod line_numbers;
mod lines;
mod listing;
mod noise;
mod oblique;
mod order;
mod panels;
mod paragraphs;
#[cfg(test)]
mod tests;
mod tolerances;
mod vertical;
mod words;

use crate::analyse::draft::{BlockDraft, PageLayout, Relation};
use crate::analyse::table::{Drawn, Extracted, TurnedLine, extract, extract_lone, extract_unruled};
use crate::analyse::tolerances as shared;
use crate::model::{Direction, Glyph, Line, PageContent, Rect, dominant};
use item::{Item, in_stream_order};
pub(crate) use listing::text as listing_text;
use order::rows_of_items;
pub(crate) use order::rows_of_lines;
use panels::Panel;
use paragraphs::Habits;

/// Lays out a page.
pub(crate) fn lay_out(page: &PageContent) -> PageLayout {
    let glyphs = &*vertical::turned(page);
    let main = main_direction(glyphs);
    let turned = turned_lines(page, glyphs, main);
    let (mut blocks, in_tables) = flow(page, main, &of_direction(glyphs, main, &[]), turned);
    for direction in Direction::ALL {
        if direction != main {
            let from = blocks.len();
            let glyphs = of_direction(glyphs, direction, &in_tables);
            blocks.extend(match direction {
                Direction::Oblique => oblique::blocks(&glyphs),
                _ => flow(page, direction, &glyphs, Vec::new()).0,
            });
            if let Some(first) = blocks.get_mut(from) {
                first.follows = Relation::Turned;
            }
        }
    }
    PageLayout { width: page.width, height: page.height, blocks, pictures: page.pictures.clone() }
}

/// The glyphs of a direction, but for those in areas that were read.
fn of_direction<'p>(glyphs: &'p [Glyph], direction: Direction, read: &[Rect]) -> Vec<&'p Glyph> {
    let is_read = |glyph: &Glyph| read.iter().any(|area| area.contains(glyph.rect.center()));
    let own = glyphs.iter().filter(|glyph| glyph.direction == direction);
    own.filter(|glyph| !is_read(glyph)).collect()
}

/// The lines of the other directions, where they stand in the frame of one.
fn turned_lines(page: &PageContent, glyphs: &[Glyph], main: Direction) -> Vec<TurnedLine> {
    let others = Direction::ALL.into_iter().filter(|other| {
        *other != main && *other != Direction::Oblique && main != Direction::Oblique
    });
    let (width, height) = (page.width, page.height);
    let turned = |direction: Direction| {
        let glyphs = of_direction(glyphs, direction, &[]);
        let place =
            move |rect: &Rect| main.upright(&direction.back(rect, width, height), width, height);
        let own = words::fragments(&glyphs, |rect| direction.upright(rect, width, height));
        lines::join(own).into_iter().map(move |mut line| {
            line.words.iter_mut().for_each(|word| word.rect = place(&word.rect));
            line.rect = place(&line.rect);
            line
        })
    };
    others.flat_map(turned).collect()
}

/// Blocks of the text of one direction, and the areas of the page in which its tables hold text of
/// other directions.
fn flow(
    page: &PageContent,
    direction: Direction,
    glyphs: &[&Glyph],
    turned: Vec<TurnedLine>,
) -> (Vec<BlockDraft>, Vec<Rect>) {
    if glyphs.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let fragments =
        words::fragments(glyphs, |rect| direction.upright(rect, page.width, page.height));
    let (mut fragments, numbers) = line_numbers::take(lines::join(fragments));
    let noisy = noise::steady(&mut fragments);
    let body_size = dominant(fragments.iter().map(|line| (line.size, line.characters())));
    let typed = is_typed(&fragments);
    let upright = |rects: &[Rect]| -> Vec<Rect> {
        rects.iter().map(|rect| direction.upright(rect, page.width, page.height)).collect()
    };
    let drawn = Drawn {
        rulings: upright(&page.rulings),
        fills: upright(&page.fills),
        squares: upright(&page.squares),
        pictures: &upright(&page.pictures),
        turned,
    };
    let Extracted { mut lines, mut tables, turned } = extract(fragments, drawn);
    let in_tables =
        turned.iter().map(|rect| direction.back(rect, page.width, page.height)).collect();
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
    let numbered = numbers.first().zip(numbers.last());
    let numbered = numbered.map(|(first, last)| (first.rect.y0, last.rect.y1));
    let habits = Habits { body_size, noisy, obstacles: &obstacles, typed, numbered };
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
    let numbers = numbered.map(|_| BlockDraft::of_line_numbers(numbers, direction));
    (blocks.chain(numbers).collect(), in_tables)
}

/// Most characters are set in a typewriter face.
fn is_typed(lines: &[Line]) -> bool {
    let typed = lines.iter().map(|line| line.share(|style| style.monospaced));
    let count = |line: &Line| line.characters() as f32;
    let total: f32 = lines.iter().map(count).sum();
    typed.zip(lines).map(|(share, line)| share * count(line)).sum::<f32>() > 0.5 * total
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
    // Heads of a small table may be written upwards and have more letters than its body.
    if count(Direction::Right) as f32 >= tolerances::UPRIGHT_SHARE * glyphs.len() as f32 {
        return Direction::Right;
    }
    let candidates = Direction::ALL.into_iter().rev();
    candidates.max_by_key(|direction| count(*direction)).unwrap_or(Direction::Right)
}
