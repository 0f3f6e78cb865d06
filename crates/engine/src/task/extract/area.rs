//! Rectangles of the search for values.

/// A rectangle in points from the top left of its page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn middle(&self) -> f64 {
        f64::midpoint(self.top, self.bottom)
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// How far the two share the same columns of the page; negative if they do not.
    pub(crate) fn shared_width(&self, other: &Self) -> f64 {
        self.right.min(other.right) - self.left.max(other.left)
    }
}

/// The smallest area that holds all; empty where there are none.
pub(crate) fn bounds(areas: impl IntoIterator<Item = Area>) -> Area {
    let nothing = Area { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 };
    areas.into_iter().reduce(|a, b| a.union(&b)).unwrap_or(nothing)
}
