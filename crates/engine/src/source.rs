//! Reads bytes: what kind of document they are, and what its pages hold.

pub(crate) mod ahead;
pub(crate) mod kind;
pub(crate) mod office;
pub(crate) mod pdf;
pub(crate) mod raster;
