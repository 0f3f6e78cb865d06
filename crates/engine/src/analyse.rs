//! Finds the structure of a document in what its pages show: words, lines, tables, reading order,
//! headings, headers and footers.

pub(crate) mod bibliography;
pub(crate) mod label;
pub(crate) mod layout;
pub(crate) mod long_tables;
pub(crate) mod reading_order;
mod table;
