//! The nouns of the engine: what stages hand to one another. They know no stage.
//!
//! All coordinates are in points of 1/72 inch with the origin at the top left of the page as
//! displayed.

mod bibliography;
mod block;
mod characters;
mod document;
mod field;
mod geometry;
mod intake;
mod line;
mod markers;
mod page;
mod raster;
mod running_text;
mod scripts;
mod table;
mod tally;
mod text;

pub use bibliography::{Bibliography, BibliographyEntry};
pub use block::{Block, Content, EntryPart, FormField, Origin, Role};
pub(crate) use characters::{compose, is_rtl};
pub use document::{ContinuedTable, Document, Page};
pub use field::{Checkbox, Field, FieldKind, Note};
pub(crate) use geometry::sides;
pub use geometry::{Direction, Rect};
pub use intake::Intake;
pub(crate) use intake::{Output, PageIntake, PageOutput};
pub use line::{Line, Script, ScriptRun, Word};
pub(crate) use line::{dominant, line_of_words, runs_left};
pub(crate) use markers::{Marker, item_marker, letter_with_dot, line_marker, marker};
pub(crate) use page::{Glyph, PageContent};
pub use page::{Link, OutlineEntry, Style, TagRole};
pub(crate) use raster::Raster;
pub(crate) use running_text::Vocabulary;
pub(crate) use scripts::{join_scripts, script, script_runs};
pub use table::{Cell, Table};
pub(crate) use tally::{Tally, Unit};
pub use text::{Mark, Text};
