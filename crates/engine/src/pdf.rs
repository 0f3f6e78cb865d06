//! Reads pages of a PDF into glyphs, pictures and rulings; knows nothing of words or layout.

mod annotations;
mod colors;
mod drawing;
mod duplicates;
mod font_limits;
mod fonts;
mod forms;
mod glyph_names;
mod interpreter;
mod ligatures;
mod lzw;
mod marked_content;
mod object_tables;
mod open;
mod outline;
mod paths;
mod picture_limits;
mod state;
mod streams;
mod structure;
mod text;
mod tick_boxes;
mod unicode;

pub(crate) use annotations::{links, tick_fields};
pub(crate) use drawing::check_drawing;
pub(crate) use fonts::FontStore;
pub(crate) use interpreter::read_page;
pub(crate) use open::{Document, open};
pub(crate) use outline::OutlineEntry;
pub(crate) use paths::sides;
pub(crate) use streams::check_contents;
pub(crate) use structure::Role;
pub(crate) use tick_boxes::{TickField, note_boxes, note_found_boxes};
pub(crate) use unicode::compose;

use crate::geometry::{Direction, Rect};
use crate::limits::Excess;

/// What a page shows.
#[derive(Debug, Default)]
pub(crate) struct PageContent {
    /// Width in points as displayed.
    pub width: f32,
    /// Height in points as displayed.
    pub height: f32,
    /// Characters in the order of the content stream.
    pub glyphs: Vec<Glyph>,
    /// Boxes of pictures.
    pub pictures: Vec<Rect>,
    /// Thin rectangles and straight lines along the axes.
    pub rulings: Vec<Rect>,
    /// Areas that lead to addresses, if they were asked for.
    pub links: Vec<Link>,
    /// Drawn boxes that are big enough to hold text of their own.
    pub panels: Vec<Rect>,
    /// Filled boxes that may be the backgrounds of cells, or of pieces of rows.
    pub fills: Vec<Rect>,
    /// The colour of the last of them.
    pub fill_color: [u8; 3],
    /// Drawn squares that may be boxes to tick.
    pub squares: Vec<Rect>,
    /// Short slanted strokes, as marks in such boxes are.
    pub ticks: Vec<Rect>,
    /// How many curves and slanted lines are drawn.
    pub strokes: usize,
    /// The area of everything that is painted, in square points, over and over again.
    pub painted: f64,
    /// Glyphs of which the character is not known; they are not in `glyphs`.
    pub glyphs_unmapped: usize,
    /// Glyphs that are written without being shown, as text recognised on a scan is.
    pub glyphs_invisible: usize,
    /// Forms that are nested too deeply, or in circles, were left out.
    pub truncated: bool,
    /// The limits because of which parts of the page were left out.
    pub left_out: Vec<Excess>,
    /// It is a picture of a small part of a page: what stands in columns there is a table.
    pub is_cut: bool,
}

impl PageContent {
    /// Notes that part of the page is left out.
    pub(crate) fn leave_out(&mut self, excess: Excess) {
        let known = self.left_out.iter_mut().find(|known| known.limit == excess.limit);
        match known {
            Some(known) => known.amount = known.amount.max(excess.amount),
            None => self.left_out.push(excess),
        }
    }
}

/// An area of a page that leads to an address when it is clicked.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// In points as displayed.
    pub rect: Rect,
    pub address: String,
}

/// One character on a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    /// The character; a space where the file writes one.
    pub character: char,
    /// From descent to ascent and over the advance, as displayed.
    pub rect: Rect,
    /// The height of the baseline in the frame where the text is upright.
    pub baseline: f32,
    /// Font size in points as displayed.
    pub size: f32,
    /// Which way its line runs.
    pub direction: Direction,
    /// Its looks.
    pub style: Style,
    /// How sure the character is, 0 to 1: 1 in a text layer.
    pub confidence: f32,
}

/// The looks of a glyph, as far as layout cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Style {
    /// Number of the typeface; its bold and italic cuts have the same.
    pub family: u32,
    pub bold: bool,
    pub italic: bool,
    pub monospaced: bool,
    /// Red, green and blue.
    pub color: [u8; 3],
    /// What the structure tree calls it.
    pub role: Role,
}
