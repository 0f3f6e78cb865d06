//! Paths, as far as straight lines and boxes matter: the rulings and panels of a page.

use kurbo::{Affine, Point};

use crate::model::{Rect, sides};

/// Boxes and lines at most this thick in points are rulings.
const THICKNESS_MAX: f32 = 2.5;
/// Shorter ones are dots or parts of drawings.
const LENGTH_MIN: f32 = 4.0;

/// Boxes at least this wide and high in points can hold text of their own.
const PANEL_WIDTH_MIN: f32 = 60.0;
const PANEL_HEIGHT_MIN: f32 = 24.0;
/// A box with round corners has at most this many curves.
const CORNER_CURVES_MAX: usize = 16;
/// The straight part of the outline of a box with round corners.
const STRAIGHT_SHARE: f32 = 0.7;

/// Filled boxes that are less high in points are no backgrounds.
const BACKGROUND_MIN: f32 = 6.0;
/// Boxes this close in points are pieces of one background or of one line.
const PIECES_APART: f32 = 0.5;

/// Squares with sides between these many points may be boxes to tick.
const SQUARE_MIN: f32 = 4.5;
const SQUARE_MAX: f32 = 20.0;

/// What painted paths show on a page.
pub(crate) struct Shapes<'p> {
    /// Thin boxes and straight lines along the axes.
    pub rulings: &'p mut Vec<Rect>,
    /// Boxes that can hold text of their own.
    pub panels: &'p mut Vec<Rect>,
    /// Filled boxes that may be the backgrounds of cells, or of pieces of rows.
    pub fills: &'p mut Vec<Rect>,
    /// The colour of the last of them.
    pub fill_color: &'p mut [u8; 3],
    /// Drawn squares that may be boxes to tick.
    pub squares: &'p mut Vec<Rect>,
    /// Short slanted strokes, as marks in such boxes are.
    pub ticks: &'p mut Vec<Rect>,
}

/// How a path is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Filled in this colour, without an outline.
    Fill([u8; 3]),
    /// With an outline at least.
    Stroke,
}

/// The path under construction.
#[derive(Default)]
pub(crate) struct PathBuilder {
    start: Point,
    current: Point,
    lines: Vec<(Point, Point)>,
    boxes: Vec<(Point, Point)>,
    curves: usize,
    subpaths: usize,
    /// Around all its points.
    bounds: Option<kurbo::Rect>,
    /// It is to become a clipping path (`W`, `W*`).
    pub(crate) clips: bool,
}

impl PathBuilder {
    fn reach(&mut self, point: Point) {
        let whole = self
            .bounds
            .map_or(kurbo::Rect::from_points(point, point), |bounds| bounds.union_pt(point));
        self.bounds = Some(whole);
    }

    /// The box around the path on the page.
    pub(crate) fn bounds(&self, transform: Affine) -> Rect {
        let Some(bounds) = self.bounds else {
            return Rect { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 };
        };
        let placed = transform.transform_rect_bbox(bounds);
        Rect::of_corners((placed.x0 as f32, placed.y0 as f32), (placed.x1 as f32, placed.y1 as f32))
    }

    pub(crate) fn move_to(&mut self, to: Point) {
        self.start = to;
        self.current = to;
        self.subpaths += 1;
        self.reach(to);
    }

    pub(crate) fn line_to(&mut self, to: Point) {
        self.lines.push((self.current, to));
        self.current = to;
        self.reach(to);
    }

    pub(crate) fn curve_to(&mut self, to: Point) {
        self.curves += 1;
        self.current = to;
        self.reach(to);
    }

    pub(crate) fn close(&mut self) {
        if self.current != self.start {
            self.line_to(self.start);
        }
    }

    pub(crate) fn rectangle(&mut self, corner: Point, width: f64, height: f64) {
        let opposite = Point::new(corner.x + width, corner.y + height);
        self.boxes.push((corner, opposite));
        self.reach(corner);
        self.reach(opposite);
        self.start = corner;
        self.current = corner;
    }

    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.boxes.clear();
        self.curves = 0;
        self.subpaths = 0;
        self.bounds = None;
        self.clips = false;
    }

    /// Ends the path with a painting operator: rulings and panels come out, the rest is counted.
    pub(crate) fn paint(&mut self, transform: Affine, ink: Ink, shapes: &mut Shapes<'_>) -> usize {
        let Shapes { rulings, panels, fills, fill_color, squares, ticks } = shapes;
        let is_stroked = ink == Ink::Stroke;
        let mut strokes = self.curves;
        let outline = self.outline(transform);
        panels.extend(outline.into_iter().filter(is_panel));
        squares.extend(outline.filter(|rect| is_stroked && is_square(rect)));
        let place = |(from, to): &(Point, Point)| {
            let (from, to) = (transform * *from, transform * *to);
            Rect::of_corners((from.x as f32, from.y as f32), (to.x as f32, to.y as f32))
        };
        // The outline of a panel that is only filled is not drawn.
        let filled = match ink {
            Ink::Fill(color) => outline.filter(is_panel).map(|rect| (rect, color)),
            Ink::Stroke => None,
        };
        if let Some((rect, color)) = filled {
            fills.push(rect);
            **fill_color = color;
        }
        for line in self.lines.iter().filter(|_| filled.is_none()) {
            let rect = place(line);
            if is_ruling(&rect) {
                rulings.push(rect);
            } else {
                strokes += usize::from(rect.is_finite());
                ticks.extend(Some(rect).filter(is_short));
            }
        }
        for edge in &self.boxes {
            let rect = place(edge);
            let goes_on = |color| {
                **fill_color == color && fills.last().is_some_and(|last| are_pieces(last, &rect))
            };
            match ink {
                Ink::Fill(color) if is_ruling(&rect) && goes_on(color) => fills.push(rect),
                _ if is_ruling(&rect) => rulings.push(rect),
                Ink::Fill(_) if let Some(last) = continued(rulings.last_mut(), &rect) => {
                    last.x1 = rect.x1;
                }
                Ink::Fill(color) if is_background(&rect) => {
                    fills.push(rect);
                    **fill_color = color;
                }
                Ink::Stroke if rect.is_finite() => {
                    squares.extend(Some(rect).filter(is_square));
                    rulings.extend(sides(&rect).into_iter().filter(is_ruling));
                }
                _ => {}
            }
            panels.extend(Some(rect).filter(is_panel));
        }
        self.clear();
        strokes
    }

    /// The box that a single closed line along the axes draws, with round corners or without.
    fn outline(&self, transform: Affine) -> Option<Rect> {
        if self.subpaths != 1 || self.lines.len() < 3 || self.curves > CORNER_CURVES_MAX {
            return None;
        }
        let mut whole = Rect::NOTHING;
        let mut straight = 0.0;
        for (from, to) in &self.lines {
            let (from, to) = (transform * *from, transform * *to);
            let line = Rect::of_corners((from.x as f32, from.y as f32), (to.x as f32, to.y as f32));
            if line.width().min(line.height()) > 0.5 {
                return None;
            }
            straight += line.width() + line.height();
            whole = whole.union(&line);
        }
        let around = 2.0 * (whole.width() + whole.height());
        (straight >= STRAIGHT_SHARE * around).then_some(whole)
    }
}

fn is_ruling(rect: &Rect) -> bool {
    rect.is_finite()
        && rect.width().min(rect.height()) <= THICKNESS_MAX
        && rect.width().max(rect.height()) >= LENGTH_MIN
}

fn is_panel(rect: &Rect) -> bool {
    rect.is_finite() && rect.width() >= PANEL_WIDTH_MIN && rect.height() >= PANEL_HEIGHT_MIN
}

/// As wide as it is high, and as big as a letter.
fn is_square(rect: &Rect) -> bool {
    let (width, height) = (rect.width(), rect.height());
    rect.is_finite()
        && (SQUARE_MIN..=SQUARE_MAX).contains(&width.min(height))
        && width.max(height) <= 1.3 * width.min(height)
}

/// A stroke that fits into such a square.
fn is_short(rect: &Rect) -> bool {
    rect.is_finite() && rect.width().max(rect.height()) <= SQUARE_MAX
}

/// As high as the background of a line.
fn is_background(rect: &Rect) -> bool {
    rect.is_finite() && rect.height() >= BACKGROUND_MIN && rect.width() > THICKNESS_MAX
}

/// Side by side and equally high.
fn are_pieces(a: &Rect, b: &Rect) -> bool {
    let near = |x: f32, y: f32| (x - y).abs() < PIECES_APART;
    near(a.y0, b.y0) && near(a.y1, b.y1) && (near(a.x1, b.x0) || near(b.x1, a.x0))
}

/// The flat ruling at the end of which a short piece is painted.
fn continued<'r>(ruling: Option<&'r mut Rect>, piece: &Rect) -> Option<&'r mut Rect> {
    let near = |x: f32, y: f32| (x - y).abs() < PIECES_APART;
    ruling.filter(|ruling| {
        piece.is_finite()
            && ruling.width() > ruling.height()
            && near(ruling.y0, piece.y0)
            && near(ruling.y1, piece.y1)
            && near(ruling.x1, piece.x0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY: Ink = Ink::Fill([200; 3]);

    #[derive(Default)]
    struct Lists {
        lists: [Vec<Rect>; 5],
        fill_color: [u8; 3],
    }

    impl Lists {
        fn shapes(&mut self) -> Shapes<'_> {
            let [rulings, panels, fills, squares, ticks] = &mut self.lists;
            Shapes { rulings, panels, fills, fill_color: &mut self.fill_color, squares, ticks }
        }
    }

    #[test]
    fn thin_boxes_and_straight_lines_are_rulings() {
        let mut path = PathBuilder::default();
        let mut lists = Lists::default();
        let mut shapes = lists.shapes();
        path.rectangle(Point::new(10.0, 10.0), 100.0, 0.5);
        path.move_to(Point::new(0.0, 0.0));
        path.line_to(Point::new(50.0, 60.0));
        let strokes = path.paint(Affine::IDENTITY, GREY, &mut shapes);
        assert_eq!((shapes.rulings.len(), strokes), (1, 1));
        path.rectangle(Point::new(10.0, 10.0), 100.0, 50.0);
        path.paint(Affine::IDENTITY, Ink::Stroke, &mut shapes);
        assert_eq!((shapes.rulings.len(), shapes.panels.len(), shapes.fills.len()), (5, 1, 0));
        path.rectangle(Point::new(10.0, 10.0), 100.0, 50.0);
        path.paint(Affine::IDENTITY, GREY, &mut shapes);
        assert_eq!((shapes.rulings.len(), shapes.fills.len()), (5, 1));
    }

    #[test]
    fn a_box_with_round_corners_is_a_panel_and_a_triangle_is_none() {
        let point = |x: f64, y: f64| Point::new(x, y);
        let mut lists = Lists::default();
        let mut shapes = lists.shapes();
        let mut path = PathBuilder::default();
        path.move_to(point(5.0, 0.0));
        for (line, curve) in [
            ((95.0, 0.0), (100.0, 5.0)),
            ((100.0, 45.0), (95.0, 50.0)),
            ((5.0, 50.0), (0.0, 45.0)),
            ((0.0, 5.0), (5.0, 0.0)),
        ] {
            path.line_to(point(line.0, line.1));
            path.curve_to(point(curve.0, curve.1));
        }
        path.close();
        path.paint(Affine::IDENTITY, GREY, &mut shapes);
        assert_eq!(*shapes.panels, [Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 50.0 }]);
        path.move_to(point(0.0, 0.0));
        path.line_to(point(100.0, 0.0));
        path.line_to(point(50.0, 80.0));
        path.close();
        path.paint(Affine::IDENTITY, GREY, &mut shapes);
        assert_eq!(shapes.panels.len(), 1);
    }

    #[test]
    fn small_drawn_squares_may_be_boxes_to_tick() {
        let mut path = PathBuilder::default();
        let mut lists = Lists::default();
        let mut shapes = lists.shapes();
        for (size, ink) in [(10.0, Ink::Stroke), (10.0, GREY), (60.0, Ink::Stroke)] {
            path.rectangle(Point::new(10.0, 10.0), size, size);
            path.paint(Affine::IDENTITY, ink, &mut shapes);
        }
        path.move_to(Point::new(11.0, 11.0));
        path.line_to(Point::new(19.0, 19.0));
        path.paint(Affine::IDENTITY, Ink::Stroke, &mut shapes);
        assert_eq!((shapes.squares.len(), shapes.ticks.len()), (1, 1));
    }

    #[test]
    fn a_thin_piece_of_a_background_is_no_ruling() {
        let mut path = PathBuilder::default();
        let mut lists = Lists::default();
        let mut shapes = lists.shapes();
        let other = Ink::Fill([0; 3]);
        for (x, width, ink) in
            [(10.0, 50.0, GREY), (60.0, 1.0, GREY), (61.0, 4.0, GREY), (65.0, 1.0, other)]
        {
            path.rectangle(Point::new(x, 10.0), width, 9.0);
            path.paint(Affine::IDENTITY, ink, &mut shapes);
        }
        assert_eq!((shapes.fills.len(), shapes.rulings.len()), (3, 1));
    }

    #[test]
    fn bounds_hold_every_point() {
        let mut path = PathBuilder::default();
        path.move_to(Point::new(10.0, 20.0));
        path.curve_to(Point::new(40.0, 5.0));
        let bounds = path.bounds(Affine::scale(2.0));
        assert_eq!(bounds, Rect { x0: 20.0, y0: 10.0, x1: 80.0, y1: 40.0 });
    }
}
