//! Values of fields that are lists or objects by segment type.

use serde_json::{Map, Value};

use super::Reading;
use crate::document::SegmentType;
use crate::spec::ContentSource;

/// Segment types that the wire knows and no parse here makes: a filter of these alone keeps nothing.
pub(super) const UNMADE_TYPES: [&str; 3] = ["KeyValuePair", "Signature", "Seal"];

/// What `content_source` may say.
pub(super) const CONTENT_SOURCES: &[&str] = &["OCR", "HTML", "Markdown", "LLM", "VLM"];

/// What `crop_image` may say.
pub(super) const CROPS: &[&str] = &["All", "Auto", "None"];

/// The types named in a comma list or a JSON list; `None` for all of them, also where no name is
/// known.
#[must_use]
pub fn segment_types(text: &str) -> Option<Vec<SegmentType>> {
    let names = names(text);
    if names.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case("all")) {
        return None;
    }
    let any_unmade = names.iter().any(|name| is_unmade(name));
    let kinds: Vec<SegmentType> =
        names.into_iter().filter_map(SegmentType::from_any_name).collect();
    (any_unmade || !kinds.is_empty()).then_some(kinds)
}

/// Warns of every name in the list that is no segment type.
pub(super) fn unknown_segment_types(text: &str, reading: &mut Reading<'_>) {
    let is_known = |name: &str| {
        name.eq_ignore_ascii_case("all")
            || is_unmade(name)
            || SegmentType::from_any_name(name).is_some()
    };
    for name in names(text).into_iter().filter(|name| !is_known(name)) {
        reading.unknown_value(name, &SegmentType::wire_names());
    }
}

fn names(text: &str) -> Vec<&str> {
    let names = text.trim_matches(['[', ']']).split(',').map(|name| name.trim_matches([' ', '"']));
    names.filter(|name| !name.is_empty()).collect()
}

fn is_unmade(name: &str) -> bool {
    UNMADE_TYPES.iter().any(|kind| kind.eq_ignore_ascii_case(name))
}

/// The texts that go into `content`, by type: `{"Table": {"content_source": "HTML"}}`.
pub(super) fn content_sources(given: &Map<String, Value>) -> Vec<(SegmentType, ContentSource)> {
    let source = |(name, options): (&String, &Value)| {
        let kind = SegmentType::from_any_name(name)?;
        match options.get("content_source")?.as_str()?.to_ascii_lowercase().as_str() {
            "html" => Some((kind, ContentSource::Html)),
            "markdown" => Some((kind, ContentSource::Markdown)),
            _ => None,
        }
    };
    given.iter().filter_map(source).collect()
}

/// The types whose pictures are cut: `{"Table": {"crop_image": "All"}}`; `Auto`, the default, means
/// pictures only.
pub(super) fn cropped_types(given: &Map<String, Value>) -> Vec<SegmentType> {
    let asked = |kind: SegmentType| {
        let mut named =
            given.iter().filter(|(name, _)| SegmentType::from_any_name(name) == Some(kind));
        named.find_map(|(_, options)| options.get("crop_image")).and_then(Value::as_str)
    };
    let cropped = SegmentType::ALL.into_iter().filter(|kind| match asked(*kind) {
        Some("All") => true,
        Some("None") => false,
        _ => *kind == SegmentType::Picture,
    });
    cropped.collect()
}
