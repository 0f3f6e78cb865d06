//! Tests of the engine through its public face.

mod content;
mod extract;
mod fixtures;
mod options;
mod support;
mod trouble;
