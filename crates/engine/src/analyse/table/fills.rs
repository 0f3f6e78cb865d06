//! Backgrounds of cells: filled boxes side by side are cells as lines around them would make.

use super::grid::Grid;
use super::phrases::{Phrase, text_rows};
use super::tolerances;
use crate::model::{Line, Rect, sides};

/// More boxes than this are a picture.
const FILLS_MAX: usize = 2_000;
/// Boxes that begin at one place and are looked at.
const NEIGHBOURS_MAX: usize = 200;

/// The sides of the boxes that touch another one beside them.
pub(super) fn cell_sides(fills: &[Rect]) -> Vec<Rect> {
    if fills.len() < 4 || fills.len() > FILLS_MAX {
        return Vec::new();
    }
    let mut sorted = without_stripes(outermost(&without_typeset_rows(fills)));
    sorted.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut is_cell = vec![false; sorted.len()];
    for (at, fill) in sorted.iter().enumerate() {
        let first = sorted.partition_point(|other| other.x0 < fill.x1 - tolerances::FILL_TOUCH);
        let near =
            sorted[first..].iter().take_while(|other| other.x0 <= fill.x1 + tolerances::FILL_TOUCH);
        for (next, other) in (first..).zip(near.take(NEIGHBOURS_MAX)) {
            let side = fill.height().min(other.height());
            if next != at && fill.overlap_y(other) > tolerances::FILL_BESIDE * side {
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

/// Rows of boxes without those that programs set from pieces, some of them narrower than any text:
/// signs of money and spaces have pieces of their own there, so they are no cells of a table. Nor are
/// the rows directly above and below, which are set by the same columns.
fn without_typeset_rows(fills: &[Rect]) -> Vec<Rect> {
    let strips = strips(fills);
    let mut typeset: Vec<bool> = strips
        .iter()
        .map(|strip| strip.iter().any(|fill| fill.width() < tolerances::NARROW))
        .collect();
    let touch = |a: &[Rect], b: &[Rect]| {
        let (a, b) = (whole(a), whole(b));
        let apart = (b.y0 - a.y1).abs().min((a.y0 - b.y1).abs());
        apart < tolerances::FILL_TOUCH && a.overlap_x(&b) > 0.5 * a.width().min(b.width())
    };
    let mut spread = |order: &mut dyn Iterator<Item = usize>| {
        let mut last: Vec<usize> = Vec::new();
        for at in order {
            let near = last.iter().rev().take(NEIGHBOURS_MAX);
            typeset[at] |= near.clone().any(|other| touch(&strips[*other], &strips[at]));
            last.extend(typeset[at].then_some(at));
        }
    };
    spread(&mut (0..strips.len()));
    spread(&mut (0..strips.len()).rev());
    let kept = strips.into_iter().zip(typeset).filter(|(_, typeset)| !typeset);
    kept.flat_map(|(strip, _)| strip).collect()
}

/// Boxes side by side on one height, from top to bottom.
fn strips(fills: &[Rect]) -> Vec<Vec<Rect>> {
    const SAME: f32 = 0.5;
    let mut sorted = fills.to_vec();
    sorted.sort_by(|a, b| a.y0.total_cmp(&b.y0));
    let mut strips: Vec<Vec<Rect>> = Vec::new();
    for level in sorted.chunk_by(|a, b| b.y0 - a.y0 < SAME) {
        let mut level = level.to_vec();
        level.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        let are_one = |a: &Rect, b: &Rect| (b.x0 - a.x1).abs() < SAME && (b.y1 - a.y1).abs() < SAME;
        strips.extend(level.chunk_by(are_one).map(<[Rect]>::to_vec));
    }
    strips
}

fn whole(strip: &[Rect]) -> Rect {
    strip.iter().fold(Rect::NOTHING, |whole, fill| whole.union(fill))
}

/// Rows of boxes with room for one row or two between them are the stripes of a table: they do not
/// say where it begins and ends. Boxes come sorted by their upper edges.
fn without_stripes(boxes: Vec<Rect>) -> Vec<Rect> {
    let mut is_stripe = vec![false; boxes.len()];
    for (at, upper) in boxes.iter().enumerate() {
        let is_below = |lower: &Rect| lower.y0 > upper.y0 && lower.overlap_x(upper) > 0.0;
        let below = boxes[at + 1..].iter().take(NEIGHBOURS_MAX).position(is_below);
        if let Some(next) = below.map(|next| at + 1 + next)
            && (boxes[next].height() - upper.height()).abs()
                < tolerances::STRIPE_HEIGHT * upper.height()
            && tolerances::STRIPE_ROOM
                .contains(&((boxes[next].y0 - upper.y1) / upper.height().max(1.0)))
        {
            is_stripe[at] = true;
            is_stripe[next] = true;
        }
    }
    boxes.into_iter().zip(is_stripe).filter(|(_, stripe)| !stripe).map(|(fill, _)| fill).collect()
}

/// Rows of text directly above or below a grid of boxes stand in its columns: it is only a part of a
/// table, of which the other rows have no background.
pub(super) fn goes_on(grid: &Grid, lines: &[Line]) -> bool {
    let near = |line: &&Line| {
        let (x, y) = line.rect.center();
        (grid.rect.x0..=grid.rect.x1).contains(&x)
            && !(grid.rect.y0..=grid.rect.y1).contains(&y)
            && (line.rect.y0 - grid.rect.y1).max(grid.rect.y0 - line.rect.y1)
                < tolerances::FILL_ROW_GAP * line.size
    };
    let rows = text_rows(&lines.iter().filter(near).cloned().collect::<Vec<Line>>());
    rows.iter().any(|row| {
        let column = |phrase: &Phrase| {
            let (from, to) = (grid.column_at(phrase.rect.x0), grid.column_at(phrase.rect.x1));
            (from == to).then_some(from)
        };
        let places: Vec<_> = row.phrases.iter().map(column).collect();
        places.len() > 1
            && places.iter().all(Option::is_some)
            && places.windows(2).all(|pair| pair[0] < pair[1])
    })
}

/// Boxes that no other box contains: what is filled again line by line is the same cell.
fn outermost(fills: &[Rect]) -> Vec<Rect> {
    let mut sorted: Vec<&Rect> = fills.iter().collect();
    sorted.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(b.area().total_cmp(&a.area())));
    let mut outermost: Vec<Rect> = Vec::new();
    for fill in sorted {
        let inside = |other: &Rect| {
            other.intersection(fill).area() > tolerances::FILL_CONTAINED * fill.area()
        };
        if !outermost.iter().rev().take(NEIGHBOURS_MAX).any(inside) {
            outermost.push(*fill);
        }
    }
    outermost
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(y0: f32, xs: &[f32]) -> Vec<Rect> {
        xs.windows(2).map(|pair| Rect { x0: pair[0], y0, x1: pair[1], y1: y0 + 10.0 }).collect()
    }

    #[test]
    fn rows_set_from_narrow_pieces_are_no_cells() {
        let plain = [0.0, 100.0, 160.0, 220.0];
        let pieces = [0.0, 100.0, 104.0, 160.0, 220.0];
        let apart = row(100.0, &plain);
        let fills = [row(0.0, &plain), row(10.0, &pieces), row(20.0, &plain), apart.clone()];
        assert_eq!(without_typeset_rows(&fills.concat()), apart);
    }
}
