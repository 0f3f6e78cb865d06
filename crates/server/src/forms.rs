//! Bodies of submits: reading them in any encoding, and the options in them as checked specs.

pub(crate) mod body;
pub(crate) mod crops;
pub(crate) mod limits;
pub(crate) mod operations;
pub(crate) mod parse;
