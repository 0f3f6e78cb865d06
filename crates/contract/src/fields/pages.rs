//! The fields of `/classify` and `/splitter`.

use serde_json::Value;

use super::limits::SPEC_BYTES_MAX;
use super::{Field, Kind, Options, Reading};
use crate::document::Warning;
use crate::spec::{Category, ClassifySpec, SplitSpec};

/// Categories that one request may name.
const CATEGORIES_MAX: usize = 1000;

/// Bytes of a category's name or description.
const CATEGORY_BYTES_MAX: usize = 10_000;

const CATEGORIES_DOC: &str = "A list of names, or of objects with `name` and `description`, of at \
     most 256 KiB; from 1 to 1000 entries, no name twice.";

impl Options for ClassifySpec {
    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

impl Options for SplitSpec {
    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

/// Options of a classification.
pub const CLASSIFY: &[Field<ClassifySpec>] = &[Field {
    aliases: &["conditions"],
    required: true,
    bytes_max: Some(SPEC_BYTES_MAX),
    label: Some("Invalid categories"),
    ..Field::new(
        "categories",
        Kind::Json(|spec, value, reading| {
            spec.categories = categories(value, reading)?;
            Ok(())
        }),
        CATEGORIES_DOC,
    )
}];

/// Options of a split.
pub const SPLIT: &[Field<SplitSpec>] = &[
    Field {
        required: true,
        bytes_max: Some(SPEC_BYTES_MAX),
        label: Some("Invalid categories"),
        ..Field::new(
            "categories",
            Kind::Json(|spec, value, reading| {
                spec.categories = categories(value, reading)?;
                Ok(())
            }),
            CATEGORIES_DOC,
        )
    },
    Field {
        default: Some("false"),
        ..Field::new(
            "enable_reordering",
            Kind::Boolean(|spec, on| spec.enable_reordering = on),
            "Pages of a category may be sorted by their own page numbers.",
        )
    },
];

fn categories(value: &Value, reading: &Reading<'_>) -> Result<Vec<Category>, String> {
    let label = reading.label();
    let refused = |why: &str| format!("{label}: {why}");
    let list = value.as_array().ok_or_else(|| refused("not a list"))?;
    if list.is_empty() || list.len() > CATEGORIES_MAX {
        return Err(refused("there must be from 1 to 1000"));
    }
    let categories: Option<Vec<Category>> = list.iter().map(category).collect();
    let categories =
        categories.ok_or_else(|| refused("every entry needs a name of at most 10000 bytes"))?;
    let mut names: Vec<&str> = categories.iter().map(|category| category.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(refused("two entries have the same name"));
    }
    Ok(categories)
}

/// A text, or an object with `name` and perhaps `description`.
fn category(entry: &Value) -> Option<Category> {
    let text = |value: &Value| {
        let text = value.as_str().map(str::trim)?;
        (1..=CATEGORY_BYTES_MAX).contains(&text.len()).then(|| text.to_owned())
    };
    match entry {
        Value::String(_) => Some(Category { name: text(entry)?, description: None }),
        Value::Object(entry) => Some(Category {
            name: text(entry.get("name")?)?,
            description: entry.get("description").and_then(text),
        }),
        _ => None,
    }
}
