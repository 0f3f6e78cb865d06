//! Turns pictures of pages into text: decides which pages need it, and asks recognisers.

pub(crate) mod hocr;
pub(crate) mod models;
pub(crate) mod ocr;
pub(crate) mod picture;
pub(crate) mod scan;
