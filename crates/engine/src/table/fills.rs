//! Backgrounds of cells: filled boxes side by side are cells as lines around them would make.

use crate::geometry::Rect;
use crate::pdf::sides;

/// Boxes this close in points touch.
const TOUCH: f32 = 2.5;
/// More boxes than this are a picture.
const FILLS_MAX: usize = 2_000;
/// Boxes that begin at one place and are looked at.
const NEIGHBOURS_MAX: usize = 200;

/// The sides of the boxes that touch another one beside them.
pub(super) fn cell_sides(fills: &[Rect]) -> Vec<Rect> {
    if fills.len() < 4 || fills.len() > FILLS_MAX {
        return Vec::new();
    }
    let mut sorted = without_stripes(outermost(fills));
    sorted.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut is_cell = vec![false; sorted.len()];
    for (at, fill) in sorted.iter().enumerate() {
        let first = sorted.partition_point(|other| other.x0 < fill.x1 - TOUCH);
        let near = sorted[first..].iter().take_while(|other| other.x0 <= fill.x1 + TOUCH);
        for (next, other) in (first..).zip(near.take(NEIGHBOURS_MAX)) {
            let side = fill.height().min(other.height());
            if next != at && fill.overlap_y(other) > 0.8 * side {
                is_cell[at] = true;
                is_cell[next] = true;
            }
        }
    }
    sorted
        .iter()
        .zip(is_cell)
        .filter(|(_, is_cell)| *is_cell)
        .flat_map(|(fill, _)| sides(fill))
        .collect()
}

/// Rows of boxes with room for one row or two between them are the stripes of a table: they do not
/// say where it begins and ends. Boxes come sorted by their upper edges.
fn without_stripes(boxes: Vec<Rect>) -> Vec<Rect> {
    const ROOM: std::ops::Range<f32> = 0.5..2.5;
    let mut is_stripe = vec![false; boxes.len()];
    for (at, upper) in boxes.iter().enumerate() {
        let is_below = |lower: &Rect| lower.y0 > upper.y0 && lower.overlap_x(upper) > 0.0;
        let below = boxes[at + 1..].iter().take(NEIGHBOURS_MAX).position(is_below);
        if let Some(next) = below.map(|next| at + 1 + next)
            && (boxes[next].height() - upper.height()).abs() < 0.2 * upper.height()
            && ROOM.contains(&((boxes[next].y0 - upper.y1) / upper.height().max(1.0)))
        {
            is_stripe[at] = true;
            is_stripe[next] = true;
        }
    }
    boxes.into_iter().zip(is_stripe).filter(|(_, stripe)| !stripe).map(|(fill, _)| fill).collect()
}

/// Boxes that no other box contains: what is filled again line by line is the same cell.
fn outermost(fills: &[Rect]) -> Vec<Rect> {
    let mut sorted: Vec<&Rect> = fills.iter().collect();
    sorted.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(b.area().total_cmp(&a.area())));
    let mut outermost: Vec<Rect> = Vec::new();
    for fill in sorted {
        let inside = |other: &Rect| other.intersection(fill).area() > 0.95 * fill.area();
        if !outermost.iter().rev().take(NEIGHBOURS_MAX).any(inside) {
            outermost.push(*fill);
        }
    }
    outermost
}
