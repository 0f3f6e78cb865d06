//! Writes PDF files: pages of a document as a document of their own.

mod copy;
mod objects;
mod pages;

pub use pages::pages_as_pdf;
