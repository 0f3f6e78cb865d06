//! The fields of `/parse`, and their echo in `configuration`.

mod compatible;
mod shaping;

use serde_json::{Map, Value};

use super::{Options, WORKBOOK};
use crate::document::Warning;
use crate::spec::ParseSpec;

pub use compatible::COMPATIBLE;
pub use shaping::SHAPING;

impl Options for ParseSpec {
    fn sent(&self) -> Option<&Map<String, Value>> {
        Some(&self.echoed)
    }

    fn sent_mut(&mut self) -> Option<&mut Map<String, Value>> {
        Some(&mut self.echoed)
    }

    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

/// All options in effect, each under all of its names: newer clients refuse an answer that lacks
/// one of the names.
#[must_use]
pub fn echo(spec: &ParseSpec) -> Map<String, Value> {
    let mut all = Map::new();
    for field in SHAPING.iter().chain(COMPATIBLE).chain(WORKBOOK) {
        if let Some(value) = field.echoed(spec) {
            for name in field.names() {
                all.insert(name.to_owned(), value.clone());
            }
        }
    }
    all
}
