//! What drawing a page costs, judged by its content before anything is drawn: forms and patterns are
//! looked through once each, however often they are drawn.

use std::collections::HashMap;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{
    Array, Dict, Name, Number, Object, ObjectIdentifier, Rect as PdfRect, Stream, dict::keys,
};
use hayro_syntax::page::{Page, Resources};

use super::picture_limits::check_picture;
use super::streams::{check_contents, check_stream};
use crate::limits::{Excess, Limit, Limits};

/// Forms within forms that are followed.
const DEPTH_MAX: usize = 48;

/// Checks what a page draws; the answer is how many pixels its pictures have.
///
/// # Errors
/// If it is beyond a limit.
pub(crate) fn check_drawing(page: &Page<'_>, limits: &Limits) -> Result<u64, Excess> {
    check_contents(page, limits)?;
    let mut walk = Walk { limits, known: HashMap::new(), depth: 0 };
    let cost = walk.content(page.typed_operations(), page.resources())?;
    walk.check(cost)?;
    Ok(cost.pixels)
}

/// What running a content stream costs, all that it draws included.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    operators: u64,
    /// Pixels of pictures.
    pixels: u64,
    /// Dashes of lines and cells of patterns.
    marks: u64,
}

impl Cost {
    fn add(&mut self, other: Self, times: u64) {
        let sum = |one: u64, other: u64| one.saturating_add(other.saturating_mul(times));
        self.operators = sum(self.operators, other.operators);
        self.pixels = sum(self.pixels, other.pixels);
        self.marks = sum(self.marks, other.marks);
    }
}

struct Walk<'l> {
    limits: &'l Limits,
    /// The costs of streams; nothing for those that are being looked through.
    known: HashMap<ObjectIdentifier, Cost>,
    depth: usize,
}

impl Walk<'_> {
    fn check(&self, cost: Cost) -> Result<(), Excess> {
        self.limits.check(Limit::PageOperators, cost.operators)?;
        self.limits.check(Limit::PagePixels, cost.pixels)?;
        self.limits.check(Limit::PageMarks, cost.marks)
    }

    fn content(
        &mut self,
        mut operations: TypedIter<'_>,
        resources: &Resources<'_>,
    ) -> Result<Cost, Excess> {
        let mut cost = Cost::default();
        let mut pen = Pen::default();
        while let Some(operation) = operations.next() {
            cost.operators += 1;
            match &operation {
                Op::XObject(name) => {
                    if let Some(object) = resources.get_x_object(name.0) {
                        cost.add(self.object(&object, resources)?, 1);
                    }
                }
                Op::InlineImage(image) => {
                    cost.pixels = cost.pixels.saturating_add(check_picture(image.0, self.limits)?);
                }
                Op::StrokeColorNamed(named) => {
                    cost.add(self.pattern(named.1, resources)?, 1);
                }
                Op::NonStrokeColorNamed(named) => {
                    cost.add(self.pattern(named.1, resources)?, 1);
                }
                Op::SetGraphicsState(name) => {
                    if let Some(state) = resources.get_ext_g_state(name.0) {
                        cost.add(self.mask(&state, resources)?, 1);
                        let dashes = state.get::<Array<'_>>(keys::D);
                        let dashes = dashes.and_then(|dashes| dashes.iter::<Array<'_>>().next());
                        dashes.iter().for_each(|dashes| pen.dash(dashes));
                    }
                }
                other => cost.marks = cost.marks.saturating_add(pen.follow(other)),
            }
            self.check(cost)?;
        }
        Ok(cost)
    }

    fn object(&mut self, object: &Stream<'_>, outer: &Resources<'_>) -> Result<Cost, Excess> {
        match object.dict().get::<Name<'_>>(keys::SUBTYPE).as_deref() {
            Some(b"Image") => self.picture(object),
            _ => self.stream(object, outer),
        }
    }

    fn picture(&mut self, picture: &Stream<'_>) -> Result<Cost, Excess> {
        if let Some(known) = self.known.get(&picture.obj_id()) {
            return Ok(*known);
        }
        let mut pixels = check_picture(picture, self.limits)?;
        for mask in [&b"SMask"[..], b"Mask"] {
            if let Some(mask) = picture.dict().get::<Stream<'_>>(mask) {
                pixels = pixels.saturating_add(check_picture(&mask, self.limits)?);
            }
        }
        let cost = Cost { pixels, ..Cost::default() };
        self.known.insert(picture.obj_id(), cost);
        Ok(cost)
    }

    /// A form, or the cell of a pattern.
    fn stream(&mut self, stream: &Stream<'_>, outer: &Resources<'_>) -> Result<Cost, Excess> {
        let id = stream.obj_id();
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        if self.depth >= DEPTH_MAX {
            return Ok(Cost::default());
        }
        check_stream(stream, self.limits, Limit::StreamBytes)?;
        let Ok(content) = stream.decoded_data() else { return Ok(Cost::default()) };
        // What draws itself costs as much as the nesting that its reader allows.
        let endless = Cost { operators: self.limits.page_operators, ..Cost::default() };
        self.known.insert(id, endless);
        let own = stream.dict().get::<Dict<'_>>(keys::RESOURCES).map(Resources::new);
        self.depth += 1;
        let cost = self.content(TypedIter::new(&content), own.as_ref().unwrap_or(outer));
        self.depth -= 1;
        let cost = cost?;
        self.known.insert(id, cost);
        Ok(cost)
    }

    /// A tiling pattern is drawn once for each of its cells that overlap (ISO 32000-2, 8.7.3).
    fn pattern(
        &mut self,
        name: Option<&Name<'_>>,
        resources: &Resources<'_>,
    ) -> Result<Cost, Excess> {
        let pattern = name.and_then(|name| resources.get_pattern(name));
        let Some(Object::Stream(pattern)) = pattern else { return Ok(Cost::default()) };
        let number = |key: &[u8]| pattern.dict().get::<f64>(key).unwrap_or(1.0).abs();
        let area = pattern.dict().get::<PdfRect>(keys::BBOX);
        let (width, height) = area.map_or((0.0, 0.0), |area| (area.width(), area.height()));
        let overlap = |length: f64, step: f64| (length.abs() / step.max(1e-9)).ceil().max(1.0);
        let cells = overlap(width, number(b"XStep")) * overlap(height, number(b"YStep"));
        let mut cost = Cost { marks: cells as u64, ..Cost::default() };
        self.check(cost)?;
        cost.add(self.stream(&pattern, resources)?, cells as u64);
        Ok(cost)
    }

    fn mask(&mut self, state: &Dict<'_>, resources: &Resources<'_>) -> Result<Cost, Excess> {
        let mask = state.get::<Dict<'_>>(&b"SMask"[..]);
        let group = mask.and_then(|mask| mask.get::<Stream<'_>>(&b"G"[..]));
        group.map_or(Ok(Cost::default()), |group| self.stream(&group, resources))
    }
}

/// Follows lines for their length in dashes, which is the same in every space.
#[derive(Default)]
struct Pen {
    at: (f64, f64),
    start: (f64, f64),
    length: f64,
    /// The length of a dash with its gap; 0 for unbroken lines.
    period: f64,
    saved: Vec<f64>,
}

impl Pen {
    fn dash(&mut self, dashes: &Array<'_>) {
        let lengths: Vec<f64> = dashes.iter::<f64>().map(f64::abs).collect();
        self.period = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
    }

    /// The marks that an operator makes.
    fn follow(&mut self, operation: &Op<'_, '_>) -> u64 {
        match operation {
            Op::SaveState(_) if self.saved.len() < 512 => self.saved.push(self.period),
            Op::RestoreState(_) => self.period = self.saved.pop().unwrap_or(self.period),
            Op::DashPattern(dash) => self.dash(dash.0),
            Op::MoveTo(to) => {
                self.at = (to.0.as_f64(), to.1.as_f64());
                self.start = self.at;
            }
            Op::LineTo(to) => self.go(&to.0, &to.1),
            Op::CubicTo(to) => {
                self.go(&to.0, &to.1);
                self.go(&to.2, &to.3);
                self.go(&to.4, &to.5);
            }
            Op::CubicStartTo(to) => {
                self.go(&to.0, &to.1);
                self.go(&to.2, &to.3);
            }
            Op::CubicEndTo(to) => {
                self.go(&to.0, &to.1);
                self.go(&to.2, &to.3);
            }
            Op::ClosePath(_) => self.close(),
            Op::RectPath(rect) => {
                self.length += 2.0 * (rect.2.as_f64().abs() + rect.3.as_f64().abs());
            }
            Op::CloseAndStrokePath(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.close();
                return self.stroke();
            }
            Op::StrokePath(_) | Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => {
                return self.stroke();
            }
            Op::EndPath(_)
            | Op::FillPathNonZero(_)
            | Op::FillPathNonZeroCompatibility(_)
            | Op::FillPathEvenOdd(_) => self.length = 0.0,
            _ => {}
        }
        0
    }

    fn go(&mut self, x: &Number, y: &Number) {
        let to = (x.as_f64(), y.as_f64());
        self.length += (to.0 - self.at.0).hypot(to.1 - self.at.1);
        self.at = to;
    }

    fn close(&mut self) {
        self.length += (self.start.0 - self.at.0).hypot(self.start.1 - self.at.1);
        self.at = self.start;
    }

    fn stroke(&mut self) -> u64 {
        let length = std::mem::take(&mut self.length);
        if self.period > 0.0 { (length / self.period) as u64 } else { 0 }
    }
}
