//! Pages as pictures in shades of gray: from image files or drawn from PDFs, made ready for OCR.

mod boxes;
mod components;
mod level;
mod panels;
mod prepare;
mod rows;
mod rulings;
mod skew;
#[cfg(test)]
mod tests;
mod threshold;

pub(crate) use boxes::{checkboxes, take_checkboxes};
pub(crate) use level::levelled;
pub(crate) use panels::brighten_panels;
pub(crate) use prepare::{Prepared, prepare};
pub(crate) use rows::{Rows, rows};
pub(crate) use rulings::rulings;
pub(crate) use threshold::otsu;
