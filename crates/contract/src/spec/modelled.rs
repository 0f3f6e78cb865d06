//! Options that only a language model can carry out: asked for without one, they are told.

use serde_json::Value;

use super::ParseSpec;
use crate::document::{Warning, WarningCode};

/// Switches that stand for the work of a model.
const SWITCHES: [&str; 5] = [
    "validate_table_segments",
    "enhanced_table",
    "extract_charts",
    "enhance_reading_order",
    "detect_pii",
];
/// Options that ask for a model by holding anything.
const OBJECTS: [&str; 2] = ["validate_segments", "llm_processing"];
/// Options by kind of segment, of which single wishes need a model.
const BY_KIND: [&str; 2] = ["segment_processing", "segment_analysis"];

impl ParseSpec {
    /// The options that were asked for and that nothing here carries out, each as a warning.
    #[must_use]
    pub fn left_undone(&self) -> Vec<Warning> {
        let asked = |name: &str| self.echoed.get(name);
        let switched = SWITCHES.into_iter().filter(|name| asked(name) == Some(&Value::Bool(true)));
        let filled = OBJECTS.into_iter().filter(|name| asked(name).is_some_and(holds_anything));
        let agentic = Some("agentic_ocr").filter(|name| asked(name).is_some_and(names_a_mode));
        let by_kind = BY_KIND.into_iter().filter(|name| asked(name).is_some_and(wants_a_model));
        switched.chain(filled).chain(agentic).chain(by_kind).map(Warning::left_undone).collect()
    }
}

impl Warning {
    /// Tells that an option changed nothing.
    #[must_use]
    pub fn left_undone(option: &str) -> Self {
        let message =
            format!("{option} needs a model that this server does not have: it changed nothing");
        Self { code: WarningCode::OptionUnsupported, message, page: None }
    }
}

fn holds_anything(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(values) => !values.is_empty(),
        Value::Object(values) => !values.is_empty(),
        _ => true,
    }
}

fn names_a_mode(value: &Value) -> bool {
    let word = value.as_str().unwrap_or_default().trim().to_ascii_lowercase();
    !matches!(word.as_str(), "" | "false" | "none" | "off")
}

/// A wish of a kind whose text or source is to come from a model: `{"Table": {"html": "LLM"}}`.
fn wants_a_model(by_kind: &Value) -> bool {
    let is_model = |value: &Value| {
        let word = value.as_str().unwrap_or_default();
        word.eq_ignore_ascii_case("LLM") || word.eq_ignore_ascii_case("VLM")
    };
    let wishes =
        |options: &Value| options.as_object().is_some_and(|all| all.values().any(is_model));
    by_kind.as_object().is_some_and(|kinds| kinds.values().any(wishes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(name: &str, value: Value) -> usize {
        let mut spec = ParseSpec::default();
        spec.echoed.insert(name.to_owned(), value);
        let warnings = spec.left_undone();
        assert!(warnings.iter().all(|warning| warning.message.starts_with(name)), "{warnings:?}");
        warnings.len()
    }

    #[test]
    fn what_needs_a_model_is_told() {
        for (name, value) in [
            ("detect_pii", json!(true)),
            ("validate_segments", json!(["Table"])),
            ("llm_processing", json!({"model_id": "x"})),
            ("agentic_ocr", json!("advanced")),
            ("segment_processing", json!({"Table": {"html": "LLM"}})),
            ("segment_analysis", json!({"Text": {"content_source": "vlm"}})),
        ] {
            assert_eq!(told(name, value), 1, "{name}");
        }
    }

    #[test]
    fn what_is_off_or_done_is_not_told() {
        for (name, value) in [
            ("detect_pii", json!(false)),
            ("validate_segments", json!([])),
            ("llm_processing", json!({})),
            ("agentic_ocr", json!("none")),
            ("segment_analysis", json!({"Table": {"content_source": "HTML", "html": "Auto"}})),
            ("xml_citation", json!(true)),
        ] {
            assert_eq!(told(name, value), 0, "{name}");
        }
    }
}
