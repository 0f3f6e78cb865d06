//! Tests of the engine through its public face.

mod content;
mod fixtures;
mod options;
mod support;
mod trouble;
