//! The nouns of the engine: what stages hand to one another. They know no stage.

mod block;
mod characters;
mod geometry;
mod line;
mod markers;
mod page;
mod part;
mod raster;
mod scripts;
mod table;

pub(crate) use block::{Block, PageLayout, Relation};
pub(crate) use characters::{compose, is_rtl};
pub(crate) use geometry::{Direction, Rect, sides};
pub(crate) use line::{Line, Script, Word, dominant, line_of_words, runs_left};
pub(crate) use markers::{Marker, item_marker, marker};
pub(crate) use page::{Glyph, Link, OutlineEntry, PageContent, Style, TagRole, TickField};
pub(crate) use part::{EntryPart, Part};
pub(crate) use raster::Raster;
pub(crate) use scripts::{join_scripts, script, script_runs, scripts_of};
pub(crate) use table::{Cell, Table};
