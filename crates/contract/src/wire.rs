//! The bodies of the wire: what each endpoint family sends, and how a job turns into it.

pub mod jobs;
pub mod parse;
