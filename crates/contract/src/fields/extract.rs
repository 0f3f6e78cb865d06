//! The fields of `/v2/extract` and `/batch/cite`.

mod schema;

use serde_json::Value;

use super::limits::SPEC_BYTES_MAX;
use super::{Effect, Field, Kind, Options, Otherwise, Reading};
use crate::document::Warning;
use crate::spec::{ExtractSpec, ModelTier};

/// Bytes of a schema's name.
const SCHEMA_NAME_BYTES_MAX: usize = 10_000;

const TEXT: Kind<ExtractSpec> = Kind::Text(|_, _, _| Ok(()));

impl Options for ExtractSpec {
    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

/// A field that older clients send.
const fn compatible(name: &'static str, kind: Kind<ExtractSpec>) -> Field<ExtractSpec> {
    Field { effect: Effect::Nothing, ..Field::new(name, kind, "") }
}

/// Options of an extraction.
pub const EXTRACT: &[Field<ExtractSpec>] = &[
    Field {
        required: true,
        bytes_max: Some(SPEC_BYTES_MAX),
        label: Some("Invalid schema data"),
        ..Field::new(
            "schema_data",
            Kind::Json(schema_data),
            "A JSON Schema of at most 256 KiB whose root has the type `object` and at least one \
             property. The result has these properties, in their order.",
        )
    },
    Field {
        default: Some("false"),
        ..Field::new(
            "enable_citations",
            Kind::Boolean(|spec, on| spec.citations = on),
            "The result has the location of each value.",
        )
    },
    Field {
        default: Some("flat"),
        ..Field::new(
            "result_format",
            Kind::Words {
                allowed: &["flat", "scored"],
                otherwise: Otherwise::Warns,
                set: |spec, word| spec.scored = word == "scored",
            },
            "`scored` returns the newer form of values.",
        )
    },
    Field::new(
        "schema_name",
        Kind::Text(|spec, text, _| {
            if text.len() > SCHEMA_NAME_BYTES_MAX {
                return Err(format!("schema_name: longer than {SCHEMA_NAME_BYTES_MAX} bytes"));
            }
            spec.schema_name = Some(text.to_owned());
            Ok(())
        }),
        "A name for the schema; echoed in `metadata`.",
    ),
    Field {
        default: Some("gamma"),
        ..Field::new(
            "model",
            Kind::Words {
                allowed: &["alpha", "beta", "gamma", "delta"],
                otherwise: Otherwise::Warns,
                set: |spec, word| {
                    spec.model = match word {
                        "alpha" => ModelTier::Alpha,
                        "beta" => ModelTier::Beta,
                        "delta" => ModelTier::Delta,
                        _ => ModelTier::Gamma,
                    };
                },
            },
            "The model to use, where one is configured.",
        )
    },
    compatible("high_accuracy_mode", Kind::Boolean(|_, _| {})),
    Field {
        effect: Effect::NeedsModel(|value| matches!(value, Value::Bool(true))),
        default: Some("false"),
        ..compatible("detect_pii", Kind::Boolean(|_, _| {}))
    },
    compatible("pii_engine", TEXT),
    compatible("pii_block_severity", TEXT),
    compatible("citation_config", TEXT),
    compatible("confidence_threshold", TEXT),
];

/// Options of a batch, beside those of an extraction.
pub const BATCH: &[Field<ExtractSpec>] = &[Field {
    effect: Effect::Nothing,
    default: Some("10"),
    ..Field::new(
        "batch_size",
        Kind::Integer {
            least: 1,
            most: i64::MAX as u64,
            otherwise: Otherwise::RefusesWith("Batch size must be a positive integer"),
            set: |_, _| {},
        },
        "Must be positive; every file is a separate job in the common queue.",
    )
}];

fn schema_data(
    spec: &mut ExtractSpec,
    value: &Value,
    reading: &mut Reading<'_>,
) -> Result<(), String> {
    spec.schema = schema::checked(value).map_err(|why| format!("{}: {why}", reading.label()))?;
    Ok(())
}
