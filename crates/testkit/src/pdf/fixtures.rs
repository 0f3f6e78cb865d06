//! The documents under `fixtures/`, made by code: each entry is a path below that folder and its
//! bytes.

mod areas;
mod drawn_tables;
mod floats;
mod hostile;
mod layout;
mod quickstart;
mod table_parts;
mod tables;
mod word_tables;

pub use areas::areas;
pub use floats::floats;
pub use hostile::hostile;
pub use layout::layout;
pub use quickstart::quickstart;
pub use tables::tables;

/// Every document under `fixtures/`.
#[must_use]
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![("quickstart/sample.pdf", quickstart())];
    all.extend(layout());
    all.extend(areas());
    all.extend(floats());
    all.extend(tables());
    all.extend(hostile());
    all
}
