//! Pages as pictures in shades of gray: from image files or drawn from PDFs, made ready for OCR.

mod boxes;
mod components;
mod prepare;
mod rulings;
mod skew;
#[cfg(test)]
mod tests;
mod threshold;

pub(crate) use boxes::{checkboxes, take_checkboxes};
pub(crate) use prepare::{Prepared, prepare};
pub(crate) use rulings::rulings;
