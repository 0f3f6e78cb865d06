//! For tests only: documents of our own making, and a throw-away Postgres.

pub mod bucket;
pub mod hostile;
pub mod pdf;
pub mod postgres;
pub mod scan;
pub mod words;
