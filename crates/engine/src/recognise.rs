//! Turns pictures of pages into text: decides which pages need it, and asks recognisers.

pub(crate) mod doubt;
pub(crate) mod hocr;
pub(crate) mod models;
pub(crate) mod ocr;
pub(crate) mod picture;
pub(crate) mod pictures;
pub(crate) mod scan;
pub(crate) mod trial;
pub(crate) mod turn;
