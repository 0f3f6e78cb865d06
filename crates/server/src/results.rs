//! Stored results of parses as response bodies: one place that reads them for every route.
//!
//! The chunks are sent as they are stored, block by block, with a link (or the picture itself) in
//! place of each picture's id; a filter reads one chunk after another. Only the other form of
//! tables, and results of earlier versions, make values of the whole.

mod filtering;
mod sending;
mod stored;

pub(crate) use sending::{Part, PictureForm, Pictures, json_body, with_chunks};
pub(crate) use stored::{StoredResult, Tables};
