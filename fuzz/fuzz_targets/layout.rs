//! Words anywhere on three pages, in any direction: lines, columns, order, kinds of segments.

#![no_main]

use docket_fuzz::placed::{Grid, stream};
use docket_fuzz::{parse_all, pdf_of, watch_panics};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let (first, rest) = data.split_at(data.len() / 2);
    let pages = [first, rest, first].map(|part| stream(part, Grid::Free));
    let _ = parse_all(&pdf_of(&pages), None);
});
