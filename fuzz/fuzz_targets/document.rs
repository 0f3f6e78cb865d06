//! A whole document, of whatever kind its bytes are: looked at, parsed, and cut into pages.

#![no_main]

use docket_engine::{Limits, inspect, pages_as_pdf};
use docket_fuzz::{parse_all, watch_panics};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let _ = inspect(data.to_vec(), None, None, &Limits::DEFAULT);
    if parse_all(data, None).is_ok() {
        let _ = pages_as_pdf(data.to_vec(), None, &[1]);
    }
});
