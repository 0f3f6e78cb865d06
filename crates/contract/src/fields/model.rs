//! Options that only a language model can carry out: asked for without one, they are reported.

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

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
