//! Boxes that hold text of their own, such as sidebars and cards: each is read as a whole.

use super::columns::Region;
use super::item::{Item, PanelPlace};
use super::order::arrange;
use super::tolerances;
use crate::analyse::draft::Relation;
use crate::model::{Line, Rect};

/// A box holds at least this many lines.
const LINES_MIN: usize = 2;
/// Pages with more lines or boxes are drawings or forms, which are read as they stand.
const LINES_MAX: usize = 3000;
const PANELS_MAX: usize = 60;

/// A box and its lines.
pub(crate) struct Panel {
    pub rect: Rect,
    pub lines: Vec<Line>,
}

/// Takes the lines of boxes out of a page. In their place comes the place of each box.
pub(crate) fn take(items: Vec<Item>, drawn: &[Rect]) -> (Vec<Item>, Vec<Panel>) {
    if drawn.is_empty() || items.len() > LINES_MAX {
        return (items, Vec::new());
    }
    let mut rest: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    let total: usize = rest.iter().flatten().map(Item::characters).sum();
    let mut panels: Vec<Panel> = Vec::new();
    for rect in outermost(drawn, &rest, total) {
        let mut taken: Vec<Line> = Vec::new();
        for item in &mut rest {
            let inside = item.as_ref().is_some_and(|item| rect.contains(item.rect().center()));
            match item.take() {
                Some(Item::Line(line)) if inside => taken.push(line),
                other => *item = other,
            }
        }
        if !taken.is_empty() {
            panels.push(Panel { rect, lines: taken });
        }
    }
    let mut rest: Vec<Item> = rest.into_iter().flatten().collect();
    rest.extend(panels.iter().enumerate().map(|(index, panel)| Item::Panel(place(index, panel))));
    rest.sort_by_key(Item::order);
    (rest, panels)
}

fn place(index: usize, panel: &Panel) -> PanelPlace {
    let order = panel.lines.iter().map(|line| line.order).min().unwrap_or(0);
    let size = panel.lines.first().map_or(0.0, |line| line.size);
    PanelPlace { panel: index, rect: panel.rect, order, size }
}

/// Boxes that hold lines of text as a whole, none of them within another.
fn outermost(drawn: &[Rect], items: &[Option<Item>], total: usize) -> Vec<Rect> {
    let mut candidates: Vec<Rect> = Vec::new();
    for rect in drawn {
        let known = |other: &Rect| {
            (other.x0 - rect.x0).abs() < tolerances::PANEL_SLACK
                && (other.x1 - rect.x1).abs() < tolerances::PANEL_SLACK
                && (other.y0 - rect.y0).abs() < tolerances::PANEL_SLACK
                && (other.y1 - rect.y1).abs() < tolerances::PANEL_SLACK
        };
        if !candidates.iter().any(known) {
            candidates.push(*rect);
        }
        if candidates.len() > PANELS_MAX {
            return Vec::new();
        }
    }
    candidates.retain(|rect| holds_text(rect, items, total));
    candidates.sort_by(|a, b| b.area().total_cmp(&a.area()));
    let mut chosen: Vec<Rect> = Vec::new();
    for rect in candidates {
        if chosen
            .iter()
            .all(|other| other.intersection(&rect).area() < tolerances::PANEL_OVERLAP * rect.area())
        {
            chosen.push(rect);
        }
    }
    chosen
}

/// Several rows stand in it, none crosses its edge, and something stands outside.
fn holds_text(rect: &Rect, items: &[Option<Item>], total: usize) -> bool {
    let mut characters = 0;
    let mut baselines: Vec<f32> = Vec::new();
    for item in items.iter().flatten() {
        let place = item.rect();
        if !rect.contains(place.center()) {
            if place.intersection(rect).area() > tolerances::PANEL_CROSSING * place.area() {
                return false;
            }
            continue;
        }
        let within = place.x0 >= rect.x0 - tolerances::PANEL_SLACK
            && place.x1 <= rect.x1 + tolerances::PANEL_SLACK;
        let Some(line) = item.line().filter(|_| within) else {
            return false;
        };
        characters += line.characters();
        if baselines.iter().all(|other| (other - line.baseline).abs() > 0.5 * line.size) {
            baselines.push(line.baseline);
        }
    }
    baselines.len() >= LINES_MIN && (characters as f32) < tolerances::PANEL_SHARE_MAX * total as f32
}

/// Puts the regions of boxes in the places that were kept for them.
pub(crate) fn put_back(regions: Vec<Region>, mut insides: Vec<Vec<Region>>) -> Vec<Region> {
    let mut out: Vec<Region> = Vec::new();
    for Region { items, column, mut follows } in regions {
        if !items.iter().any(Item::is_panel) {
            out.push(Region { items, column, follows });
            continue;
        }
        let mut open: Vec<Item> = Vec::new();
        for item in arrange(items) {
            let Item::Panel(PanelPlace { panel, .. }) = item else {
                open.push(item);
                continue;
            };
            if !open.is_empty() {
                out.push(Region { items: std::mem::take(&mut open), column, follows });
            }
            let mut inside = std::mem::take(&mut insides[panel]);
            if let Some(first) = inside.first_mut() {
                first.follows = Relation::Box;
            }
            out.append(&mut inside);
            follows = Relation::Box;
        }
        if !open.is_empty() {
            out.push(Region { items: open, column, follows });
        }
    }
    out
}
