//! Operators that build paths and paint them.

use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::Number;
use kurbo::Point;

use super::interpreter::Interpreter;
use super::paths::{Ink, Shapes};
use crate::model::Rect;

/// Squares, and strokes within them, that are kept of a page.
const SQUARES_MAX: usize = 4_000;
/// Rulings and pictures of a page that are kept.
pub(crate) const SHAPES_MAX: usize = 20_000;
/// Panels of a page that are kept.
const PANELS_MAX: usize = 500;
/// Filled boxes of a page that are kept.
const FILLS_MAX: usize = 4_000;

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
            Op::EndPath(_) => {
                self.clip();
                self.path.clear();
            }
            Op::ClipNonZero(_) | Op::ClipEvenOdd(_) => self.path.clips = true,
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

    /// Counts an area that is painted.
    pub(crate) fn note_painted(&mut self, area: &Rect) {
        if area.is_finite() {
            self.page.painted +=
                f64::from(area.width().max(0.0)) * f64::from(area.height().max(0.0));
        }
    }

    /// Narrows the clipping path to the box around the current path, if that clips.
    fn clip(&mut self) {
        if self.path.clips {
            let bounds = self.path.bounds(self.state.transform);
            self.state.clip_to(&bounds);
        }
    }

    fn paint(&mut self, stroke: bool) {
        self.clip();
        let painted = self.path.bounds(self.state.transform).intersection(&self.state.clip);
        self.note_painted(&painted);
        let ink = if stroke { Ink::Stroke } else { Ink::Fill(self.state.fill.color) };
        let page = &mut self.page;
        let mut shapes = Shapes {
            rulings: &mut page.rulings,
            panels: &mut page.panels,
            fills: &mut page.fills,
            fill_color: &mut page.fill_color,
            squares: &mut page.squares,
            ticks: &mut page.ticks,
        };
        page.strokes += self.path.paint(self.state.transform, ink, &mut shapes);
        page.rulings.truncate(SHAPES_MAX);
        page.panels.truncate(PANELS_MAX);
        page.fills.truncate(FILLS_MAX);
        page.squares.truncate(SQUARES_MAX);
        page.ticks.truncate(SQUARES_MAX);
    }
}
