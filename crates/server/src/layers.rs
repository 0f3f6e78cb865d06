//! What happens around every route: who asks, what they may hold open, what is logged and counted,
//! and errors as JSON.

pub(crate) mod auth;
pub(crate) mod client;
pub(crate) mod drain;
pub(crate) mod exchange;
pub(crate) mod from_memory;
pub(crate) mod host;
pub(crate) mod json_errors;
pub(crate) mod metrics;
pub(crate) mod noted;
pub(crate) mod process;
pub(crate) mod slots;
pub(crate) mod wrong_keys;
