//! Writes documents out: segments of the wire with text, markdown, html and boxes, chunks, and
//! files of other forms.

mod accounts;
mod chunks;
mod continued;
pub(crate) mod crop;
mod export;
mod frame;
mod html;
mod inline;
mod kinds;
mod letters;
mod markup;
mod mentions;
mod pdf;
mod result;
mod segments;
mod tables;
pub(crate) mod text_chunks;

pub(crate) use accounts::of_blocks;
pub(crate) use frame::Frame;
pub use pdf::pages_as_pdf;
pub(crate) use result::{Written, write};
