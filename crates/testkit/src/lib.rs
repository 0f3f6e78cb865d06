//! Placeholder.

pub mod pdf;
pub mod postgres;
