//! The bodies of the wire: what each endpoint family sends, and how a job turns into it.

pub mod batch;
pub mod extract;
pub mod jobs;
pub mod pages;
pub mod parse;
pub mod tasks;
pub mod upload;
pub mod webhooks;
