//! Parts to what the wire sends: text, markdown, html, boxes, words, chunks.

mod chunks;
mod markup;
mod segments;
mod tables;
mod text;

pub(crate) use chunks::gather;
pub(crate) use markup::escape;
pub(crate) use segments::{Rendered, Renderer};
