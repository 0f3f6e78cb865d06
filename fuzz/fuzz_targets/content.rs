//! The content stream of a page: the interpreter, and all that follows it.

#![no_main]

use docket_fuzz::{parse_all, pdf_of, watch_panics};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let _ = parse_all(&pdf_of(&[data.to_vec()]), None);
});
