//! Boxes that hold text of their own, such as sidebars and cards: each is read as a whole.

use super::columns::Region;
use crate::model::{Line, Rect, Relation};

/// A box holds at least this many lines.
const LINES_MIN: usize = 2;
/// A box with more of the page's characters is its background or its frame.
const SHARE_MAX: f32 = 0.8;
/// Lines may reach over the edge of a box by this many points.
const SLACK: f32 = 2.0;
/// Pages with more lines or boxes are drawings or forms, which are read as they stand.
const LINES_MAX: usize = 3000;
const PANELS_MAX: usize = 60;

/// A box and its lines.
pub(crate) struct Panel {
    pub rect: Rect,
    pub lines: Vec<Line>,
}

/// Takes the lines of boxes out of a page. In their place comes one empty line per box.
pub(crate) fn take(lines: Vec<Line>, drawn: &[Rect]) -> (Vec<Line>, Vec<Panel>) {
    if drawn.is_empty() || lines.len() > LINES_MAX {
        return (lines, Vec::new());
    }
    let mut rest: Vec<Option<Line>> = lines.into_iter().map(Some).collect();
    let total: usize = rest.iter().flatten().map(Line::characters).sum();
    let mut panels: Vec<Panel> = Vec::new();
    for rect in outermost(drawn, &rest, total) {
        let inside = |line: &Option<Line>| {
            line.as_ref().is_some_and(|line| rect.contains(line.rect.center()))
        };
        let taken: Vec<Line> =
            rest.iter_mut().filter(|line| inside(line)).filter_map(Option::take).collect();
        if !taken.is_empty() {
            panels.push(Panel { rect, lines: taken });
        }
    }
    let mut rest: Vec<Line> = rest.into_iter().flatten().collect();
    rest.extend(panels.iter().enumerate().map(|(index, panel)| placeholder(index, panel)));
    rest.sort_by_key(|line| line.order);
    (rest, panels)
}

/// The line that keeps the place of a box.
fn placeholder(index: usize, panel: &Panel) -> Line {
    let order = panel.lines.iter().map(|line| line.order).min().unwrap_or(0);
    let size = panel.lines.first().map_or(0.0, |line| line.size);
    let mut place = crate::model::line_of_words(Vec::new(), order);
    (place.rect, place.size, place.baseline) = (panel.rect, size, panel.rect.y1);
    place.panel = Some(index);
    place
}

/// Boxes that hold lines of text as a whole, none of them within another.
fn outermost(drawn: &[Rect], lines: &[Option<Line>], total: usize) -> Vec<Rect> {
    let mut candidates: Vec<Rect> = Vec::new();
    for rect in drawn {
        let known = |other: &Rect| {
            (other.x0 - rect.x0).abs() < SLACK
                && (other.x1 - rect.x1).abs() < SLACK
                && (other.y0 - rect.y0).abs() < SLACK
                && (other.y1 - rect.y1).abs() < SLACK
        };
        if !candidates.iter().any(known) {
            candidates.push(*rect);
        }
        if candidates.len() > PANELS_MAX {
            return Vec::new();
        }
    }
    candidates.retain(|rect| holds_text(rect, lines, total));
    candidates.sort_by(|a, b| b.area().total_cmp(&a.area()));
    let mut chosen: Vec<Rect> = Vec::new();
    for rect in candidates {
        if chosen.iter().all(|other| other.intersection(&rect).area() < 0.05 * rect.area()) {
            chosen.push(rect);
        }
    }
    chosen
}

/// Several rows stand in it, none crosses its edge, and something stands outside.
fn holds_text(rect: &Rect, lines: &[Option<Line>], total: usize) -> bool {
    let mut characters = 0;
    let mut baselines: Vec<f32> = Vec::new();
    for line in lines.iter().flatten() {
        if !rect.contains(line.rect.center()) {
            if line.rect.intersection(rect).area() > 0.3 * line.rect.area() {
                return false;
            }
            continue;
        }
        let within = line.rect.x0 >= rect.x0 - SLACK && line.rect.x1 <= rect.x1 + SLACK;
        if !within || line.table.is_some() {
            return false;
        }
        characters += line.characters();
        if baselines.iter().all(|other| (other - line.baseline).abs() > 0.5 * line.size) {
            baselines.push(line.baseline);
        }
    }
    baselines.len() >= LINES_MIN && (characters as f32) < SHARE_MAX * total as f32
}

/// Puts the regions of boxes in the places that were kept for them.
pub(crate) fn put_back(regions: Vec<Region>, mut insides: Vec<Vec<Region>>) -> Vec<Region> {
    let mut out: Vec<Region> = Vec::new();
    for Region { lines, column, mut follows } in regions {
        if lines.iter().all(|line| line.panel.is_none()) {
            out.push(Region { lines, column, follows });
            continue;
        }
        let mut open: Vec<Line> = Vec::new();
        for line in super::order::arrange(lines) {
            let Some(index) = line.panel else {
                open.push(line);
                continue;
            };
            if !open.is_empty() {
                out.push(Region { lines: std::mem::take(&mut open), column, follows });
            }
            let mut inside = std::mem::take(&mut insides[index]);
            if let Some(first) = inside.first_mut() {
                first.follows = Relation::Box;
            }
            out.append(&mut inside);
            follows = Relation::Box;
        }
        if !open.is_empty() {
            out.push(Region { lines: open, column, follows });
        }
    }
    out
}
