//! What the fuzz targets share: documents made around the bytes of a fuzzer, and the jobs they go
//! through. A panic of our own code is a finding wherever it is caught; one of a library is a
//! finding if the engine does not catch it.

mod package;
mod pdf;
pub mod placed;

use std::backtrace::Backtrace;
use std::panic;
use std::process::abort;

use docket_contract::{ParseResult, ParseSpec};
use docket_engine::{Error, Models, NoModels, ParseRequest, parse};
use uuid::Uuid;

pub use package::package;
pub use pdf::pdf_of;

/// Aborts at panics of our own code, so that those which the engine catches are found too. The hook
/// of libFuzzer's crate, which aborts at every panic, is replaced: one of a library that the engine
/// catches goes by, and one that nobody catches ends the run where the crate calls the target.
pub fn watch_panics() {
    panic::set_hook(Box::new(|info| {
        let ours = info.location().is_some_and(|place| {
            let file = place.file();
            !file.contains("/registry/") && !file.starts_with("/rustc/")
        });
        eprintln!("{info}");
        if ours {
            eprintln!("{}", Backtrace::force_capture());
            abort();
        }
    }));
}

/// Parses with every option that makes the engine do more.
pub fn parse_all(document: &[u8], media_type: Option<&str>) -> Result<ParseResult, Error> {
    parse_with(document, media_type, &NoModels)
}

/// The same with a recogniser.
pub fn parse_with(
    document: &[u8],
    media_type: Option<&str>,
    models: &dyn Models,
) -> Result<ParseResult, Error> {
    let mut spec = ParseSpec { merge_tables: true, ..ParseSpec::default() };
    spec.word_details.links = true;
    spec.word_details.colors = true;
    let mut request = ParseRequest::new(&spec, Uuid::nil());
    request.media_type = media_type;
    request.models = models;
    parse(document.to_vec(), &request, &mut |_| {})
}
