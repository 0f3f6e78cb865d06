//! The handlers: extract, one verb of the domain, shape the reply.

pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod parse;
