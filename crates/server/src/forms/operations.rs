//! The form fields of extraction, chunking, classification and splitting as checked specs.

use docket_contract::spec::{
    Category, ChunkSpec, ChunkStrategy, ClassifySpec, ExtractSpec, ModelTier, SplitSpec,
};
use docket_contract::wire::extract::ValueForm;
use serde_json::{Map, Value};

use crate::forms::body::Form;
use crate::forms::limits::{check_size, read_option};
use crate::forms::parse::read_boolean;
use crate::problem::Problem;

/// Categories that one request may name.
const CATEGORIES_MAX: usize = 1000;

/// How errors about them begin.
const SCHEMA_REFUSED: &str = "Invalid schema data";
const CATEGORIES_REFUSED: &str = "Invalid categories";

/// Bytes of a schema's name.
const SCHEMA_NAME_BYTES_MAX: usize = 10_000;

/// Bytes of a category's name or description.
const CATEGORY_BYTES_MAX: usize = 10_000;

/// Reads the options of an extraction. `citations` says what counts where the form does not.
pub(crate) fn extract_spec(form: &Form, citations: bool) -> Result<ExtractSpec, Problem> {
    let text = form.text("schema_data").ok_or_else(|| Problem::missing_field("schema_data"))?;
    check_size(text.len(), SCHEMA_REFUSED)?;
    let schema = schema(text)?;
    let model = match form.text("model") {
        Some("alpha") => ModelTier::Alpha,
        Some("beta") => ModelTier::Beta,
        Some("delta") => ModelTier::Delta,
        _ => ModelTier::Gamma,
    };
    Ok(ExtractSpec {
        schema,
        schema_name: schema_name(form)?,
        model,
        citations: form.text("enable_citations").and_then(read_boolean).unwrap_or(citations),
        scored: form.text("result_format") == Some("scored"),
    })
}

fn schema_name(form: &Form) -> Result<Option<String>, Problem> {
    let name = form.text("schema_name");
    if name.is_some_and(|name| name.len() > SCHEMA_NAME_BYTES_MAX) {
        return Err(Problem::bad_request(&format!(
            "schema_name: longer than {SCHEMA_NAME_BYTES_MAX} bytes"
        )));
    }
    Ok(name.map(str::to_owned))
}

fn schema(text: &str) -> Result<Map<String, Value>, Problem> {
    match read_option(text, SCHEMA_REFUSED)? {
        Value::Object(schema)
            if schema.get("type").is_some_and(|kind| kind == "object")
                && schema.get("properties").is_some_and(Value::is_object) =>
        {
            Ok(schema)
        }
        _ => Err(Problem::bad_request(&format!(
            "{SCHEMA_REFUSED}: the root must be of type object and have properties"
        ))),
    }
}

/// The form asked for now, or else at the submit.
pub(crate) fn value_form(spec: &ExtractSpec, asked: Option<&str>) -> ValueForm {
    let scored = match asked {
        Some("scored") => true,
        Some("flat") => false,
        _ => spec.scored,
    };
    ValueForm { scored, citations: spec.citations }
}

/// Reads the options of a classification; `conditions` is an older name of the categories.
pub(crate) fn classify_spec(form: &Form) -> Result<ClassifySpec, Problem> {
    Ok(ClassifySpec { categories: categories(form, &["categories", "conditions"])? })
}

/// Reads the options of a split.
pub(crate) fn split_spec(form: &Form) -> Result<SplitSpec, Problem> {
    Ok(SplitSpec {
        categories: categories(form, &["categories"])?,
        enable_reordering: form.text("enable_reordering").and_then(read_boolean).unwrap_or(false),
    })
}

fn categories(form: &Form, names: &[&str]) -> Result<Vec<Category>, Problem> {
    let text = form.first_text(names).ok_or_else(|| Problem::missing_field(names[0]))?;
    let refused = |why: &str| Problem::bad_request(&format!("{CATEGORIES_REFUSED}: {why}"));
    check_size(text.len(), CATEGORIES_REFUSED)?;
    let Value::Array(list) = read_option(text, CATEGORIES_REFUSED)? else {
        return Err(refused("not a list"));
    };
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

/// Reads the options of a chunking.
pub(crate) fn chunk_spec(form: &Form) -> Result<ChunkSpec, Problem> {
    let strategy = match form.text("strategy") {
        None => ChunkStrategy::Semantic,
        Some(name) => ChunkStrategy::from_wire(name).ok_or_else(|| {
            let names: Vec<&str> =
                ChunkStrategy::ALL.iter().map(|strategy| strategy.as_str()).collect();
            Problem::bad_request(&format!("strategy must be one of {}", names.join(", ")))
        })?,
    };
    let chunk_chars = number(form, "chunk_size", 1000)?;
    // The default overlap must not make a small chunk_size an error.
    let overlap_chars = number(form, "overlap", (chunk_chars / 10).min(100))?;
    if chunk_chars == 0 {
        return Err(Problem::bad_request("chunk_size must be at least 1"));
    }
    if overlap_chars >= chunk_chars {
        return Err(Problem::bad_request("overlap must be less than chunk_size"));
    }
    Ok(ChunkSpec { strategy, chunk_chars, overlap_chars })
}

fn number(form: &Form, name: &str, default: usize) -> Result<usize, Problem> {
    match form.text(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| {
            Problem::bad_request(&format!("{name} must be a whole number, not negative"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::limits::SPEC_BYTES_MAX;

    #[test]
    fn schemas() {
        let good = r#"{"type":"object","properties":{"b":{},"a":{}}}"#;
        let spec =
            extract_spec(&Form::of(&[("schema_data", good), ("model", "omega")]), false).unwrap();
        let names: Vec<&String> = spec.schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["b", "a"], "the order of keys is part of the answer");
        assert_eq!((spec.model, spec.citations), (ModelTier::Gamma, false));
        for bad in ["{not json", "[\"a\"]", r#"{"type":"array"}"#, r#"{"type":"object"}"#] {
            assert!(extract_spec(&Form::of(&[("schema_data", bad)]), false).is_err(), "{bad}");
        }
        assert!(extract_spec(&Form::of(&[]), false).is_err());
    }

    #[test]
    fn schemas_and_categories_have_a_limit() {
        let schema = |bytes: usize| {
            let frame = r#"{"type":"object","properties":{"a":{}},"title":""}"#;
            frame.replace(
                r#""title":""#,
                &format!(r#""title":"{}"#, "t".repeat(bytes - frame.len())),
            )
        };
        let read = |text: &str| extract_spec(&Form::of(&[("schema_data", text)]), false);
        assert!(read(&schema(SPEC_BYTES_MAX)).is_ok());
        assert!(read(&schema(SPEC_BYTES_MAX + 1)).is_err());
        let list = |entries: usize| {
            let entry = format!(r#"{{"name":"N","description":"{}"}}"#, "d".repeat(9000));
            let named = (0..entries).map(|n| entry.replacen("\"N\"", &format!("\"{n}\""), 1));
            format!("[{}]", named.collect::<Vec<_>>().join(","))
        };
        let read = |text: &str| classify_spec(&Form::of(&[("categories", text)]));
        assert!(read(&list(28)).is_ok());
        assert!(read(&list(30)).is_err());
        let named = [("schema_data", schema(100)), ("schema_name", "n".repeat(10_001))];
        let named = named.each_ref().map(|(name, text)| (*name, text.as_str()));
        assert!(extract_spec(&Form::of(&named), false).is_err());
    }

    #[test]
    fn category_spellings() {
        let read = |text: &str| classify_spec(&Form::of(&[("categories", text)]));
        let spec = read(r#"["A", {"name":" B ","description":"b"}, {"name":"C"}]"#).unwrap();
        let names: Vec<&str> = spec.categories.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(spec.categories[1].description.as_deref(), Some("b"));
        for bad in ["{nope", "[]", "{\"a\":1}", "[{\"description\":\"x\"}]", "[1]", "[\"A\",\"A\"]"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(classify_spec(&Form::of(&[("conditions", "[\"A\"]")])).is_ok());
    }

    #[test]
    fn chunk_numbers() {
        let read = |fields: &[(&str, &str)]| chunk_spec(&Form::of(fields));
        let spec = read(&[]).unwrap();
        assert_eq!(
            (spec.strategy, spec.chunk_chars, spec.overlap_chars),
            (ChunkStrategy::Semantic, 1000, 100)
        );
        assert_eq!(read(&[("strategy", "zchunk")]).unwrap().strategy, ChunkStrategy::Semantic);
        for bad in [
            &[("strategy", "sideways")][..],
            &[("chunk_size", "0")],
            &[("overlap", "-1")],
            &[("chunk_size", "100"), ("overlap", "100")],
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
