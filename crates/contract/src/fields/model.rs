//! Options that only a language model can carry out: asked for without one, they are reported.

use serde_json::Value;

use super::{COMPATIBLE, SHAPING};
use crate::document::{Warning, WarningCode};
use crate::spec::ParseSpec;

impl ParseSpec {
    /// The options that were asked for and that nothing here carries out, each as a warning.
    #[must_use]
    pub fn left_undone(&self) -> Vec<Warning> {
        let mut undone = Vec::new();
        for field in SHAPING.iter().chain(COMPATIBLE) {
            match field.sent(self) {
                Some((name, value)) if field.needs_model(value) => {
                    undone.push(Warning::left_undone(name));
                }
                _ => {}
            }
        }
        undone
    }
}

impl Warning {
    /// Reports that an option changed nothing.
    #[must_use]
    pub fn left_undone(option: &str) -> Self {
        let message =
            format!("{option} needs a model that this server does not have: it changed nothing");
        Self { code: WarningCode::OptionUnsupported, message, page: None }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reported(name: &str, value: Value) -> usize {
        let mut spec = ParseSpec::default();
        spec.echoed.insert(name.to_owned(), value);
        let warnings = spec.left_undone();
        assert!(warnings.iter().all(|warning| warning.message.starts_with(name)), "{warnings:?}");
        warnings.len()
    }

    #[test]
    fn what_needs_a_model_is_reported() {
        for (name, value) in [
            ("detect_pii", json!(true)),
            ("validate_segments", json!(["Table"])),
            ("llm_processing", json!({"model_id": "x"})),
            ("agentic_ocr", json!("advanced")),
            ("segment_processing", json!({"Table": {"html": "LLM"}})),
            ("segment_analysis", json!({"Text": {"content_source": "vlm"}})),
        ] {
            assert_eq!(reported(name, value), 1, "{name}");
        }
    }

    #[test]
    fn what_is_off_or_done_is_not_reported() {
        for (name, value) in [
            ("detect_pii", json!(false)),
            ("validate_segments", json!([])),
            ("llm_processing", json!({})),
            ("agentic_ocr", json!("none")),
            ("segment_analysis", json!({"Table": {"content_source": "HTML", "html": "Auto"}})),
            ("xml_citation", json!(true)),
        ] {
            assert_eq!(reported(name, value), 0, "{name}");
        }
    }
}
