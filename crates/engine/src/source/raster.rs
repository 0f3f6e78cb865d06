//! Pages as pictures: from image files, or drawn from PDFs.

mod decode;
mod draw;
mod resolution;

pub(crate) use decode::ImageFile;
pub(crate) use draw::{Drawing, RenderCache, draw_page, draw_parts};
