//! Follows path operators as far as straight lines and thin boxes matter: the rulings of a page.

use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::Number;
use kurbo::{Affine, Point};

use super::interpreter::Interpreter;
use crate::geometry::Rect;

/// Boxes and lines at most this thick in points are rulings.
const THICKNESS_MAX: f32 = 2.5;
/// Shorter ones are dots or parts of drawings.
const LENGTH_MIN: f32 = 4.0;

/// Rulings and pictures of a page that are kept.
pub(crate) const SHAPES_MAX: usize = 20_000;

/// The path under construction.
#[derive(Default)]
pub(crate) struct PathBuilder {
    start: Point,
    current: Point,
    lines: Vec<(Point, Point)>,
    boxes: Vec<(Point, Point)>,
    curves: usize,
}

impl PathBuilder {
    pub(crate) fn move_to(&mut self, to: Point) {
        self.start = to;
        self.current = to;
    }

    pub(crate) fn line_to(&mut self, to: Point) {
        self.lines.push((self.current, to));
        self.current = to;
    }

    pub(crate) fn curve_to(&mut self, to: Point) {
        self.curves += 1;
        self.current = to;
    }

    pub(crate) fn close(&mut self) {
        if self.current != self.start {
            self.line_to(self.start);
        }
    }

    pub(crate) fn rectangle(&mut self, corner: Point, width: f64, height: f64) {
        self.boxes.push((corner, Point::new(corner.x + width, corner.y + height)));
        self.start = corner;
        self.current = corner;
    }

    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.boxes.clear();
        self.curves = 0;
    }

    /// Ends the path with a painting operator: rulings come out, the rest is counted.
    pub(crate) fn paint(
        &mut self,
        transform: Affine,
        stroke_width: Option<f64>,
        rulings: &mut Vec<Rect>,
    ) -> usize {
        let mut strokes = self.curves;
        let place = |(from, to): &(Point, Point)| {
            let (from, to) = (transform * *from, transform * *to);
            Rect::of_corners((from.x as f32, from.y as f32), (to.x as f32, to.y as f32))
        };
        for line in &self.lines {
            let rect = place(line);
            if is_ruling(&rect) {
                rulings.push(rect);
            } else {
                strokes += usize::from(rect.is_finite());
            }
        }
        for edge in &self.boxes {
            let rect = place(edge);
            if is_ruling(&rect) {
                rulings.push(rect);
            } else if stroke_width.is_some() && rect.is_finite() {
                rulings.extend(sides(&rect).into_iter().filter(is_ruling));
            }
        }
        self.clear();
        strokes
    }
}

impl Interpreter<'_, '_> {
    /// Operators that build and paint paths; all others do nothing here.
    pub(crate) fn follow_path(&mut self, operation: &Op<'_, '_>) {
        let point = |x: &Number, y: &Number| Point::new(x.as_f64(), y.as_f64());
        match operation {
            Op::MoveTo(to) => self.path.move_to(point(&to.0, &to.1)),
            Op::LineTo(to) => self.path.line_to(point(&to.0, &to.1)),
            Op::CubicTo(to) => self.path.curve_to(point(&to.4, &to.5)),
            Op::CubicStartTo(to) => self.path.curve_to(point(&to.2, &to.3)),
            Op::CubicEndTo(to) => self.path.curve_to(point(&to.2, &to.3)),
            Op::ClosePath(_) => self.path.close(),
            Op::RectPath(r) => {
                self.path.rectangle(point(&r.0, &r.1), r.2.as_f64(), r.3.as_f64());
            }
            Op::EndPath(_) => self.path.clear(),
            Op::FillPathNonZero(_)
            | Op::FillPathNonZeroCompatibility(_)
            | Op::FillPathEvenOdd(_) => self.paint(false),
            Op::CloseAndStrokePath(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.path.close();
                self.paint(true);
            }
            Op::StrokePath(_) | Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => {
                self.paint(true);
            }
            _ => {}
        }
    }

    fn paint(&mut self, stroke: bool) {
        let width = stroke.then_some(self.state.line_width);
        let rulings = &mut self.page.rulings;
        self.page.strokes += self.path.paint(self.state.transform, width, rulings);
        rulings.truncate(SHAPES_MAX);
    }
}

fn is_ruling(rect: &Rect) -> bool {
    rect.is_finite()
        && rect.width().min(rect.height()) <= THICKNESS_MAX
        && rect.width().max(rect.height()) >= LENGTH_MIN
}

fn sides(rect: &Rect) -> [Rect; 4] {
    let Rect { x0, y0, x1, y1 } = *rect;
    [
        Rect { x0, y0, x1, y1: y0 },
        Rect { x0, y0: y1, x1, y1 },
        Rect { x0, y0, x1: x0, y1 },
        Rect { x0: x1, y0, x1, y1 },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thin_boxes_and_straight_lines_are_rulings() {
        let mut path = PathBuilder::default();
        let mut rulings = Vec::new();
        path.rectangle(Point::new(10.0, 10.0), 100.0, 0.5);
        path.move_to(Point::new(0.0, 0.0));
        path.line_to(Point::new(50.0, 60.0));
        let strokes = path.paint(Affine::IDENTITY, None, &mut rulings);
        assert_eq!((rulings.len(), strokes), (1, 1));
        path.rectangle(Point::new(10.0, 10.0), 100.0, 50.0);
        path.paint(Affine::IDENTITY, Some(1.0), &mut rulings);
        assert_eq!(rulings.len(), 5);
    }
}
