//! Placeholder.

pub mod bucket;
pub mod pdf;
pub mod postgres;
