//! Values that ask for a model.

use serde_json::Value;

pub(super) fn holds_anything(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(values) => !values.is_empty(),
        Value::Object(values) => !values.is_empty(),
        _ => true,
    }
}

pub(super) fn names_a_mode(value: &Value) -> bool {
    let word = value.as_str().unwrap_or_default().trim().to_ascii_lowercase();
    !matches!(word.as_str(), "" | "false" | "none" | "off")
}

/// An option of a segment type whose text or source is to come from a model:
/// `{"Table": {"html": "LLM"}}`.
pub(super) fn segment_wants_model(by_type: &Value) -> bool {
    let is_model = |value: &Value| {
        let word = value.as_str().unwrap_or_default();
        word.eq_ignore_ascii_case("LLM") || word.eq_ignore_ascii_case("VLM")
    };
    let asks = |options: &Value| options.as_object().is_some_and(|all| all.values().any(is_model));
    by_type.as_object().is_some_and(|types| types.values().any(asks))
}
