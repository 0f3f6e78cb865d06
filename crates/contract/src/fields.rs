//! The fields of forms, one table per operation: the reader, the echo, the API document and the
//! tables of the docs are made from it. A new field is one entry of a table.

mod chunking;
mod described;
mod extract;
mod field;
mod limits;
mod model;
mod pages;
mod parse;
mod read;
mod reading;
mod submit;
mod values;
mod wants_model;
mod workbook;

pub use chunking::CHUNKING;
pub use described::{Described, Shape, configuration_schema};
pub use extract::{BATCH, EXTRACT};
pub use field::{Echo, Effect, Field, Kind, Options, Otherwise};
pub use limits::check_stored_size;
pub use pages::{CLASSIFY, SPLIT};
pub use parse::{COMPATIBLE, SHAPING, echo};
pub use read::{Refused, read, read_boolean, unknown_fields};
pub use reading::{Reading, Texts};
pub use submit::{BATCH_SUBMIT, LINK, SUBMIT, SubmitOptions};
pub use values::segment_types;
pub use workbook::{WORKBOOK, workbook_defaults};
