//! The fields of `/parse` that are accepted and change nothing here.

use crate::fields::wants_model::{holds_anything, names_a_mode};
use crate::fields::{Echo, Effect, Field, Kind, Otherwise};
use crate::spec::ParseSpec;

const SWITCH: Kind<ParseSpec> = Kind::Boolean(|_, _| {});
const TEXT: Kind<ParseSpec> = Kind::Text(|_, _, _| Ok(()));
const JSON: Kind<ParseSpec> = Kind::Json(|_, _, _| Ok(()));

const fn words(allowed: &'static [&'static str]) -> Kind<ParseSpec> {
    Kind::Words { allowed, otherwise: Otherwise::Warns, set: |_, _| {} }
}

/// Options that are accepted for compatibility, or that only a model could carry out.
pub const COMPATIBLE: &[Field<ParseSpec>] = &[
    Field {
        aliases: &["high_resolution"],
        default: Some("false"),
        echo: Echo::Always,
        ..Field::compatible("use_high_resolution", SWITCH)
    },
    Field {
        default: Some("v1"),
        echo: Echo::Always,
        ..Field::compatible("segmentation_version", words(&["v1", "v2"]))
    },
    Field {
        default: Some("UnsiloedHawk"),
        echo: Echo::Always,
        ..Field::compatible("ocr_engine", words(&["UnsiloedHawk", "UnsiloedBeta", "UnsiloedStorm"]))
    },
    Field {
        default: Some("false"),
        echo: Echo::AsSent,
        ..Field::new(
            "extract_strikethrough",
            Kind::Boolean(|spec, on| spec.strikethrough = on),
            "Struck text of Office files, web pages and Markdown is marked: `~~` in Markdown, `<s>` in HTML.",
        )
    },
    Field::compatible("pii_engine", TEXT),
    Field::compatible("pii_block_severity", TEXT),
    Field::compatible(
        "merge_batch_size",
        Kind::Integer {
            least: 0,
            most: u32::MAX as u64,
            otherwise: Otherwise::Warns,
            set: |_, _| {},
        },
    ),
    Field::model_switch("validate_table_segments"),
    Field::model_switch("enhanced_table"),
    Field::model_switch("extract_charts"),
    Field::model_switch("enhance_reading_order"),
    Field::model_switch("detect_pii"),
    Field {
        effect: Effect::NeedsModel(holds_anything),
        ..Field::compatible("validate_segments", JSON)
    },
    Field { effect: Effect::NeedsModel(names_a_mode), ..Field::compatible("agentic_ocr", TEXT) },
    Field {
        effect: Effect::NeedsModel(holds_anything),
        default: Some("{}"),
        echo: Echo::Always,
        ..Field::compatible("llm_processing", JSON)
    },
];
