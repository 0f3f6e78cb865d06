//! Reads pages of a PDF into glyphs, pictures and rulings; knows nothing of words or layout.

mod annotations;
mod checkboxes;
mod colors;
mod drawing;
mod duplicates;
mod encoding;
mod font_limits;
mod fonts;
mod forms;
mod glyph_names;
mod indic;
mod interpreter;
mod ligatures;
mod lzw;
mod marked_content;
mod object_tables;
mod open;
mod outline;
mod painting;
mod paths;
mod picture_limits;
mod state;
mod streams;
mod structure;
mod text;
mod unicode;
mod values;

pub(crate) use annotations::{checkbox_fields, links};
pub(crate) use checkboxes::{note_boxes, note_found_boxes};
pub(crate) use drawing::check_drawing;
pub(crate) use fonts::FontStore;
pub(crate) use interpreter::read_page;
pub(crate) use open::{Document, open};
pub(crate) use streams::check_contents;
pub(crate) use values::values;
