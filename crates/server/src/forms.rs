//! Bodies of submits: reading them in any encoding, and their options by the tables of fields.

pub(crate) mod body;
pub(crate) mod documents;
pub(crate) mod specs;
