//! Coordinates of the wire: page units of 1/144 inch.

use docket_contract::BoundingBox;
use docket_contract::document::PAGE_UNITS_PER_POINT;

use crate::model::{Block, Document, Rect};

/// A4 in points, for pages of which the file does not say how large they are.
const PAGE_POINTS: (f32, f32) = (595.5, 842.0);

/// The size of a page, and a box on it, in page units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Width and height of the page.
    pub page: (f64, f64),
    /// `None` where there are no coordinates.
    pub bbox: Option<BoundingBox>,
}

impl Frame {
    /// The box of a block.
    pub(crate) fn of(block: &Block, document: &Document) -> Self {
        Self::new(block.page, block.rect, document)
    }

    /// The box of a whole page.
    pub(crate) fn of_page(page: usize, has_coordinates: bool, document: &Document) -> Self {
        let (x1, y1) = size(page, document);
        Self::new(page, has_coordinates.then_some(Rect { x0: 0.0, y0: 0.0, x1, y1 }), document)
    }

    fn new(page: usize, rect: Option<Rect>, document: &Document) -> Self {
        let (width, height) = size(page, document);
        let units = |points: f32| (f64::from(points) * PAGE_UNITS_PER_POINT).round().max(1.0);
        let page = (units(width), units(height));
        let whole = BoundingBox { left: 0.0, top: 0.0, width: page.0, height: page.1 };
        Self { page, bbox: rect.map(|rect| clamped(&rect, &whole)) }
    }
}

fn size(page: usize, document: &Document) -> (f32, f32) {
    document.page(page).and_then(|page| page.size).unwrap_or(PAGE_POINTS)
}

/// The rectangle, given in points, relative to the frame's corner and within the frame.
pub(super) fn clamped(rect: &Rect, frame: &BoundingBox) -> BoundingBox {
    let within = |points: f32, start: f64, length: f64| {
        rounded((f64::from(points) * PAGE_UNITS_PER_POINT - start).clamp(0.0, length))
    };
    let left = within(rect.x0, frame.left, frame.width);
    let top = within(rect.y0, frame.top, frame.height);
    BoundingBox {
        left,
        top,
        width: rounded(within(rect.x1, frame.left, frame.width) - left),
        height: rounded(within(rect.y1, frame.top, frame.height) - top),
    }
}

pub(super) fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
