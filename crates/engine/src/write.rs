//! Writes documents out: segments of the wire with text, markdown, html and boxes, chunks, and
//! files of other forms.

mod chunks;
pub(crate) mod continued;
pub(crate) mod crop;
pub(crate) mod export;
mod markup;
mod pdf;
mod segments;
mod tables;
mod text;

pub(crate) use chunks::gather;
pub(crate) use markup::escape;
pub use pdf::pages_as_pdf;
pub(crate) use segments::{Rendered, Renderer};
