//! Rectangles and points in page space: points of 1/72 inch, origin at the top left.

/// A rectangle with `x0 <= x1` and `y0 <= y1`; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x0: f32,
    /// The upper edge.
    pub y0: f32,
    /// The right edge.
    pub x1: f32,
    /// The lower edge.
    pub y1: f32,
}

impl Rect {
    /// The rectangle that any union starts from.
    pub(crate) const NOTHING: Self =
        Self { x0: f32::INFINITY, y0: f32::INFINITY, x1: f32::NEG_INFINITY, y1: f32::NEG_INFINITY };

    /// Puts the corners in order.
    pub(crate) fn of_corners(a: (f32, f32), b: (f32, f32)) -> Self {
        Self { x0: a.0.min(b.0), y0: a.1.min(b.1), x1: a.0.max(b.0), y1: a.1.max(b.1) }
    }

    pub(crate) fn width(&self) -> f32 {
        self.x1 - self.x0
    }

    pub(crate) fn height(&self) -> f32 {
        self.y1 - self.y0
    }

    pub(crate) fn area(&self) -> f32 {
        self.width().max(0.0) * self.height().max(0.0)
    }

    pub(crate) fn center(&self) -> (f32, f32) {
        (f32::midpoint(self.x0, self.x1), f32::midpoint(self.y0, self.y1))
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The common part; empty sides come out as zero.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let (x0, y0) = (self.x0.max(other.x0), self.y0.max(other.y0));
        Self { x0, y0, x1: self.x1.min(other.x1).max(x0), y1: self.y1.min(other.y1).max(y0) }
    }

    /// How far the two overlap horizontally; negative is the gap between them.
    pub(crate) fn overlap_x(&self, other: &Self) -> f32 {
        self.x1.min(other.x1) - self.x0.max(other.x0)
    }

    /// How far the two overlap vertically; negative is the gap between them.
    pub(crate) fn overlap_y(&self, other: &Self) -> f32 {
        self.y1.min(other.y1) - self.y0.max(other.y0)
    }

    pub(crate) fn contains(&self, point: (f32, f32)) -> bool {
        (self.x0..=self.x1).contains(&point.0) && (self.y0..=self.y1).contains(&point.1)
    }

    pub(crate) fn is_finite(&self) -> bool {
        [self.x0, self.y0, self.x1, self.y1].iter().all(|side| side.is_finite())
    }
}

/// The four sides of a box.
pub(crate) fn sides(rect: &Rect) -> [Rect; 4] {
    let Rect { x0, y0, x1, y1 } = *rect;
    [
        Rect { x0, y0, x1, y1: y0 },
        Rect { x0, y0: y1, x1, y1 },
        Rect { x0, y0, x1: x0, y1 },
        Rect { x0: x1, y0, x1, y1 },
    ]
}

/// Which way text runs on the page as displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right, upright.
    Right,
    /// Bottom to top (turned by 90 degrees against the clock).
    Up,
    /// Right to left, upside down.
    Left,
    /// Top to bottom (turned by 90 degrees with the clock).
    Down,
    /// At any other angle, such as watermarks.
    Oblique,
}

impl Direction {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Right, Self::Up, Self::Left, Self::Down, Self::Oblique];

    /// The direction of a vector in page space.
    pub(crate) fn of_vector(x: f64, y: f64) -> Self {
        const SLACK: f64 = 0.1;
        if y.abs() <= SLACK * x.abs() {
            if x >= 0.0 { Self::Right } else { Self::Left }
        } else if x.abs() <= SLACK * y.abs() {
            if y >= 0.0 { Self::Down } else { Self::Up }
        } else {
            Self::Oblique
        }
    }

    /// Turns a rectangle of a page so that text of this direction runs to the right.
    pub(crate) fn upright(self, rect: &Rect, page_width: f32, page_height: f32) -> Rect {
        let (w, h) = (page_width, page_height);
        match self {
            Self::Right | Self::Oblique => *rect,
            Self::Up => Rect { x0: h - rect.y1, y0: rect.x0, x1: h - rect.y0, y1: rect.x1 },
            Self::Down => Rect { x0: rect.y0, y0: w - rect.x1, x1: rect.y1, y1: w - rect.x0 },
            Self::Left => {
                Rect { x0: w - rect.x1, y0: h - rect.y1, x1: w - rect.x0, y1: h - rect.y0 }
            }
        }
    }

    /// Undoes [`Direction::upright`].
    pub(crate) fn back(self, rect: &Rect, page_width: f32, page_height: f32) -> Rect {
        match self {
            Self::Right | Self::Oblique => *rect,
            Self::Up => Self::Down.upright(rect, page_height, page_width),
            Self::Down => Self::Up.upright(rect, page_height, page_width),
            Self::Left => Self::Left.upright(rect, page_width, page_height),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_and_turning_back_is_nothing() {
        let rect = Rect { x0: 10.0, y0: 20.0, x1: 60.0, y1: 32.0 };
        for direction in Direction::ALL {
            let there = direction.upright(&rect, 200.0, 300.0);
            assert_eq!(direction.back(&there, 200.0, 300.0), rect, "{direction:?}");
        }
    }

    #[test]
    fn text_that_runs_up_starts_at_the_left_when_upright() {
        let bottom = Rect { x0: 10.0, y0: 280.0, x1: 20.0, y1: 290.0 };
        let upright = Direction::Up.upright(&bottom, 200.0, 300.0);
        assert_eq!(upright, Rect { x0: 10.0, y0: 10.0, x1: 20.0, y1: 20.0 });
    }
}
