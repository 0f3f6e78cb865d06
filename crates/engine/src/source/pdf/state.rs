//! The graphics and text state that operators change.

use std::rc::Rc;

use kurbo::Affine;

use super::colors::Fill;
use super::fonts::LoadedFont;
use crate::model::Rect;

/// What `q` saves and `Q` brings back.
#[derive(Clone)]
pub(crate) struct GraphicsState<'a> {
    /// User space to page space, y downwards.
    pub transform: Affine,
    /// A box around all that can be seen: nothing outside of the clipping path is shown.
    pub clip: Rect,
    pub fill: Fill,
    pub text: TextState<'a>,
}

/// The text parameters.
#[derive(Clone)]
pub(crate) struct TextState<'a> {
    pub font: Option<Rc<LoadedFont<'a>>>,
    pub size: f64,
    pub character_spacing: f64,
    pub word_spacing: f64,
    /// 1 is normal.
    pub horizontal_scaling: f64,
    pub leading: f64,
    pub rise: f64,
    pub mode: i64,
}

impl GraphicsState<'_> {
    /// The state in which a page of this size starts.
    pub(crate) fn new(transform: Affine, (width, height): (f32, f32)) -> Self {
        Self {
            transform,
            clip: Rect { x0: 0.0, y0: 0.0, x1: width, y1: height },
            fill: Fill::default(),
            text: TextState {
                font: None,
                size: 0.0,
                character_spacing: 0.0,
                word_spacing: 0.0,
                horizontal_scaling: 1.0,
                leading: 0.0,
                rise: 0.0,
                mode: 0,
            },
        }
    }

    /// Nothing outside of this box is shown from here on. Boxes that are no numbers clip nothing.
    pub(crate) fn clip_to(&mut self, bounds: &Rect) {
        if bounds.is_finite() {
            self.clip = self.clip.intersection(bounds);
        }
    }

    /// Some of a glyph's box can be seen.
    pub(crate) fn shows(&self, rect: &Rect) -> bool {
        let seen = self.clip.width() > 0.0 && self.clip.height() > 0.0;
        seen && rect.overlap_x(&self.clip) >= 0.0 && rect.overlap_y(&self.clip) >= 0.0
    }
}

/// The text matrices, which live from `BT` to `ET`.
#[derive(Clone, Copy)]
pub(crate) struct TextPosition {
    pub matrix: Affine,
    pub line_matrix: Affine,
}

impl TextPosition {
    pub(crate) const START: Self = Self { matrix: Affine::IDENTITY, line_matrix: Affine::IDENTITY };

    /// Starts the next line, moved by `x` and `y` from the start of this one.
    pub(crate) fn next_line(&mut self, x: f64, y: f64) {
        self.line_matrix *= Affine::translate((x, y));
        self.matrix = self.line_matrix;
    }

    pub(crate) fn set(&mut self, matrix: Affine) {
        self.line_matrix = matrix;
        self.matrix = matrix;
    }

    /// Moves the pen within the line.
    pub(crate) fn advance(&mut self, x: f64, y: f64) {
        self.matrix *= Affine::translate((x, y));
    }
}
