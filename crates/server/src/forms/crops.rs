//! Which kinds of segments a client wants pictures of.

use docket_contract::document::SegmentType;
use serde_json::{Map, Value};

use crate::forms::body::Form;

/// Reads `crop_image` of `segment_processing`, which wins, or `segment_analysis`: `Auto`, the
/// default, means pictures only. What the form does not say stays as it is.
pub(crate) fn cropped_types(form: &Form, base: Vec<SegmentType>) -> Vec<SegmentType> {
    let custom = !matches!(form.text("response_profile"), Some("slim" | "full"));
    let fields = object(form, "output_fields").filter(|_| custom);
    if fields.is_some_and(|fields| fields.get("image") == Some(&Value::Bool(false))) {
        return Vec::new();
    }
    let given = object(form, "segment_processing").or_else(|| object(form, "segment_analysis"));
    let Some(given) = given else {
        return base;
    };
    let cropped = SegmentType::ALL.into_iter().filter(|kind| match wish(&given, *kind) {
        Some("All") => true,
        Some("None") => false,
        _ => *kind == SegmentType::Picture,
    });
    cropped.collect()
}

fn wish(given: &Map<String, Value>, kind: SegmentType) -> Option<&str> {
    let mut named = given.iter().filter(|(name, _)| SegmentType::from_any_name(name) == Some(kind));
    named.find_map(|(_, options)| options.get("crop_image")).and_then(Value::as_str)
}

/// An object of a field; one that is none is refused where its echo is read.
fn object(form: &Form, name: &str) -> Option<Map<String, Value>> {
    form.text(name).and_then(|text| serde_json::from_str(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_cut_by_kind() {
        let cropped =
            |fields: &[(&str, &str)]| cropped_types(&Form::of(fields), vec![SegmentType::Picture]);
        assert_eq!(cropped(&[]), [SegmentType::Picture]);
        let old = (
            "segment_analysis",
            r#"{"Table":{"crop_image":"All"},"Picture":{"crop_image":"None"}}"#,
        );
        assert_eq!(cropped(&[old]), [SegmentType::Table]);
        let new = ("segment_processing", r#"{"Table":{"crop_image":"Auto"}}"#);
        assert_eq!(cropped(&[old, new]), [SegmentType::Picture]);
        assert_eq!(cropped(&[old, ("output_fields", r#"{"image":false}"#)]), []);
    }
}
