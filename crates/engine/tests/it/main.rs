//! Tests of the engine through its public face.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chunk;
mod classify;
mod content;
mod document;
mod empty;
mod extract;
mod fixtures;
mod formats;
mod forms;
mod given;
mod guard;
mod handmade;
mod limits;
mod mail;
mod ocr;
mod office;
mod options;
mod order;
mod plain_tables;
mod split;
mod support;
mod tables;
mod threads;
mod trials;
mod trouble;
mod wishes;
