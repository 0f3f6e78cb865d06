//! The fields of `/parse/excel`, beside those of `/parse`.

use serde_json::{Map, Value};

use super::{Echo, Field, Kind, Otherwise};
use crate::spec::ParseSpec;

/// Rows of a segment of a large table, unless the form says otherwise.
const ROWS_DEFAULT: u32 = 50;

const fn switch(name: &'static str, default: &'static str) -> Field<ParseSpec> {
    Field { default: Some(default), ..Field::compatible(name, Kind::Boolean(|_, _| {})) }
}

const fn hidden(
    name: &'static str,
    default: &'static str,
    kind: Kind<ParseSpec>,
    text: &'static str,
) -> Field<ParseSpec> {
    Field { default: Some(default), echo: Echo::AsSent, ..Field::new(name, kind, text) }
}

/// Options of workbooks. The order is that of reading.
pub const WORKBOOK: &[Field<ParseSpec>] = &[
    hidden(
        "exclude_hidden",
        "false",
        Kind::Boolean(|_, _| {}),
        "Hidden rows, columns and sheets are left out, unless the options below keep them.",
    ),
    hidden(
        "exclude_hidden_cols",
        "true",
        Kind::Boolean(|spec, on| spec.hidden_parts.columns = !on),
        "Hidden columns are left out.",
    ),
    hidden(
        "exclude_hidden_rows",
        "true",
        Kind::Boolean(|spec, on| spec.hidden_parts.rows = !on),
        "Hidden rows are left out.",
    ),
    hidden(
        "exclude_hidden_sheets",
        "true",
        Kind::Boolean(|spec, on| spec.hidden_parts.sheets = !on),
        "Hidden sheets are left out.",
    ),
    switch("exclude_styling", "true"),
    switch("exclude_images", "false"),
    Field {
        default: Some("50"),
        echo: Echo::AsSent,
        ..Field::new(
            "max_rows_per_segment",
            Kind::Integer {
                least: 1,
                most: u32::MAX as u64,
                otherwise: Otherwise::Warns,
                set: |spec, rows| spec.table_rows_max = u32::try_from(rows).ok(),
            },
            "Rows of a segment, the repeated header row included.",
        )
    },
    Field {
        default: Some("true"),
        echo: Echo::AsSent,
        ..Field::new(
            "split_large_tables",
            Kind::Boolean(|spec, on| spec.table_rows_max = spec.table_rows_max.filter(|_| on)),
            "Large tables become several segments.",
        )
    },
    Field {
        default: Some("accurate"),
        ..Field::compatible(
            "table_clustering",
            Kind::Words {
                allowed: &["accurate", "fast", "off"],
                otherwise: Otherwise::Warns,
                set: |_, _| {},
            },
        )
    },
];

/// The options of a workbook before its form is read.
#[must_use]
pub fn workbook_defaults() -> ParseSpec {
    let default = |field: &Field<ParseSpec>| Some((field.name.to_owned(), field.default_value()?));
    let echoed: Map<String, Value> = WORKBOOK.iter().filter_map(default).collect();
    ParseSpec { table_rows_max: Some(ROWS_DEFAULT), echoed, ..ParseSpec::default() }
}
