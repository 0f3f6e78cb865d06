//! What is asked of a document beside its text: values, chunks, categories, parts.

pub(crate) mod chunk;
pub(crate) mod classify;
pub(crate) mod extract;
pub(crate) mod pages;
pub(crate) mod split;
