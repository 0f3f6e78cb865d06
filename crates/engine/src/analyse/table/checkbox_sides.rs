//! Small drawn squares beside text: they are to be ticked, and no cells.

use super::tolerances;
use crate::model::Rect;

/// A page with more squares is a pattern.
const SQUARES_MAX: usize = 300;

/// Rulings without the sides of squares that stand alone.
pub(super) fn without_sides(rulings: Vec<Rect>, squares: &[Rect]) -> Vec<Rect> {
    if squares.is_empty() || squares.len() > SQUARES_MAX {
        return rulings;
    }
    let around: Vec<Rect> =
        squares.iter().map(|square| widened(square, tolerances::CHECKBOX_TOUCH)).collect();
    let mut alone = vec![true; squares.len()];
    for ruling in &rulings {
        for (square, alone) in around.iter().zip(&mut alone) {
            *alone &= touches(ruling, square) <= is_side(ruling, square);
        }
    }
    let alone: Vec<Rect> = around
        .into_iter()
        .zip(alone)
        .filter(|(_, alone)| *alone)
        .map(|(square, _)| square)
        .collect();
    let mut rulings = rulings;
    rulings.retain(|ruling| !alone.iter().any(|square| is_side(ruling, square)));
    rulings
}

fn widened(rect: &Rect, by: f32) -> Rect {
    Rect { x0: rect.x0 - by, y0: rect.y0 - by, x1: rect.x1 + by, y1: rect.y1 + by }
}

fn touches(ruling: &Rect, square: &Rect) -> bool {
    ruling.x0 <= square.x1
        && square.x0 <= ruling.x1
        && ruling.y0 <= square.y1
        && square.y0 <= ruling.y1
}

fn is_side(ruling: &Rect, square: &Rect) -> bool {
    square.contains((ruling.x0, ruling.y0)) && square.contains((ruling.x1, ruling.y1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sides;

    #[test]
    fn lone_squares_are_no_cells_and_those_in_a_row_are() {
        let square = |x0: f32| Rect { x0, y0: 10.0, x1: x0 + 10.0, y1: 20.0 };
        let line = Rect { x0: 0.0, y0: 22.0, x1: 200.0, y1: 22.0 };
        let cells = [square(50.0), square(60.0)];
        let squares = [square(10.0), cells[0], cells[1]];
        let mut rulings: Vec<Rect> = squares.iter().flat_map(sides).collect();
        rulings.push(line);
        let kept: Vec<Rect> = cells.iter().flat_map(sides).chain([line]).collect();
        assert_eq!(without_sides(rulings, &squares), kept);
    }
}
