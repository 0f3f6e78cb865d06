//! What the file draws on a page, before it is read as text: glyphs, rulings, pictures.

use super::field::{Checkbox, Field, Note};
use super::geometry::{Direction, Rect};
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
    /// Areas that lead to addresses.
    pub links: Vec<Link>,
    /// Its form fields, and the texts that were typed onto it.
    pub fields: Vec<Field>,
    /// Comments on it.
    pub notes: Vec<Note>,
    /// Its checkboxes: form fields and drawn squares.
    pub checkboxes: Vec<Checkbox>,
    /// Drawn boxes that are big enough to hold text of their own.
    pub panels: Vec<Rect>,
    /// Filled boxes that may be the backgrounds of cells, or of pieces of rows.
    pub fills: Vec<Rect>,
    /// The colour of the last of them.
    pub fill_color: [u8; 3],
    /// Drawn squares that may be checkboxes.
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
    /// Words of two letters or digits and more that a recogniser read, and those of which it is not
    /// sure.
    pub words_recognised: usize,
    pub words_uncertain: usize,
    /// Forms that are nested too deeply, or in circles, were left out.
    pub truncated: bool,
    /// The limits because of which parts of the page were left out.
    pub left_out: Vec<Excess>,
    /// Values of form fields and texts of notes that the file keeps beside what it draws.
    pub values: Vec<String>,
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
pub struct Link {
    /// In points as displayed.
    pub rect: Rect,
    /// Where it leads.
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

/// The looks of text, as far as layout cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// Number of the typeface; its bold and italic cuts have the same.
    pub family: u32,
    /// Its strokes are thick.
    pub bold: bool,
    /// It leans.
    pub italic: bool,
    /// All its letters have one width.
    pub monospaced: bool,
    /// Red, green and blue.
    pub color: [u8; 3],
    /// The role that the structure tree gives it.
    pub role: TagRole,
}

/// The role that the structure tree of a tagged document gives a piece of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TagRole {
    /// Nothing is known.
    #[default]
    Unknown,
    /// A heading of this level, from 1.
    Heading(u8),
    /// Anything else that belongs to the document.
    Text,
    /// Not part of the document: running lines, ornaments.
    Artifact,
}

impl TagRole {
    pub(crate) fn is_heading(self) -> bool {
        matches!(self, Self::Heading(_))
    }
}

/// A title of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineEntry {
    /// The title as the outline has it.
    pub title: String,
    /// How deep it stands, from 0.
    pub depth: u8,
}
