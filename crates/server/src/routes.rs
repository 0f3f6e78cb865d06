//! The handlers: extract, one verb of the domain, shape the reply.

pub(crate) mod batch;
pub(crate) mod chunking;
pub(crate) mod classify;
pub(crate) mod docs;
pub(crate) mod editor;
pub(crate) mod events;
pub(crate) mod extract;
pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod metrics;
pub(crate) mod parse;
pub(crate) mod result;
pub(crate) mod splitter;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod task_create;
pub(crate) mod task_list;
pub(crate) mod tasks;
pub(crate) mod upload;
pub(crate) mod usage;
pub(crate) mod webhooks;
