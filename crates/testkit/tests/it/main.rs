//! What must stay true of the source tree itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod arrows;
mod imports;
mod layout;
mod literals;
mod migrations;
mod modules;
mod notices;
mod packages;
mod texts;
