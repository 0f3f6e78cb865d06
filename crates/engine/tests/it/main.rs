//! Tests of the engine through its public face.

mod chunk;
mod classify;
mod content;
mod document;
mod extract;
mod fixtures;
mod given;
mod handmade;
mod limits;
mod ocr;
mod office;
mod options;
mod split;
mod support;
mod tables;
mod threads;
mod trouble;
mod wishes;
