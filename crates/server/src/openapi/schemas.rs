//! Schemas of the wire's types, as they serialize: what may be absent is not required, and only
//! what may be null is nullable.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// Gathers every type that an operation names.
pub(crate) struct Schemas(SchemaGenerator);

impl Schemas {
    pub(crate) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self(settings.into_generator())
    }

    /// The schema of a type: a reference for those that have a name.
    pub(crate) fn of<T: JsonSchema>(&mut self) -> Value {
        let mut schema = self.0.subschema_for::<T>().to_value();
        tidy(&mut schema);
        schema
    }

    /// The schema of a type in full, even if it has a name.
    pub(crate) fn whole<T: JsonSchema>(&mut self) -> Value {
        let mut schema = T::json_schema(&mut self.0).to_value();
        tidy(&mut schema);
        schema
    }

    /// All named schemas, by their names.
    pub(crate) fn finish(mut self) -> Map<String, Value> {
        let mut all: Vec<(String, Value)> = self.0.take_definitions(true).into_iter().collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, schema) in &mut all {
            tidy(schema);
        }
        all.into_iter().collect()
    }
}

/// Puts generated schemas into the forms that readers and client generators know best.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            words_as_enum(object);
            absent_or_there(object);
            // Rust's word for a machine's word, which no reader of schemas knows.
            if object.get("format").is_some_and(|format| format == "uint") {
                object.remove("format");
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(list) => list.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// A choice of described constants becomes an `enum` that describes them in its text.
fn words_as_enum(object: &mut Map<String, Value>) {
    let Some(choices) = object.get("oneOf").and_then(Value::as_array) else { return };
    let mut words = Vec::new();
    let mut texts = Vec::new();
    for choice in choices {
        if let Some(word) = choice.get("const") {
            words.push(word.clone());
            let text = choice.get("description").and_then(Value::as_str).unwrap_or_default();
            texts.push(format!("* `{}`: {text}", word.as_str().unwrap_or_default()));
        } else if let Some(listed) = choice.get("enum").and_then(Value::as_array) {
            words.extend(listed.iter().cloned());
        } else {
            return;
        }
    }
    let text = object.get("description").and_then(Value::as_str).unwrap_or_default();
    let text = format!("{text}\n\n{}", texts.join("\n"));
    object.remove("oneOf");
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), words.into());
    object.insert("description".to_owned(), text.trim().into());
}

/// On this wire a field that may be left out is never null: `skip_serializing_if` is how the types
/// say so, and a type that says otherwise marks the field with `x-nullable`.
fn absent_or_there(object: &mut Map<String, Value>) {
    let required: Vec<String> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, property) in properties {
        let marked = property.as_object_mut().and_then(|inner| inner.remove("x-nullable"));
        if marked.is_none() && !required.contains(name) {
            without_null(property);
        }
    }
}

fn without_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    /// Has every way in which a field may be there or not.
    #[derive(Serialize, JsonSchema)]
    struct Sample {
        always: String,
        null: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent_word: Option<Word>,
        #[schemars(extend("x-nullable" = true))]
        #[serde(skip_serializing_if = "Option::is_none")]
        both: Option<String>,
    }

    /// Words.
    #[derive(Serialize, JsonSchema)]
    enum Word {
        /// The first.
        A,
        /// The second.
        B,
    }

    #[test]
    fn absent_is_not_null() {
        assert_ne!(json!(Word::A), json!(Word::B));
        let mut schemas = Schemas::new();
        assert_eq!(schemas.of::<Sample>(), json!({ "$ref": "#/components/schemas/Sample" }));
        let all = schemas.finish();
        let sample = &all["Sample"];
        assert_eq!(sample["required"], json!(["always", "null"]));
        assert_eq!(sample["properties"]["null"]["type"], json!(["integer", "null"]));
        assert_eq!(sample["properties"]["absent"]["type"], "string");
        assert_eq!(
            sample["properties"]["absent_word"],
            json!({ "$ref": "#/components/schemas/Word" })
        );
        assert_eq!(sample["properties"]["both"], json!({ "type": ["string", "null"] }));
        assert_eq!(
            all["Word"],
            json!({
                "description": "Words.\n\n* `A`: The first.\n* `B`: The second.",
                "type": "string", "enum": ["A", "B"],
            })
        );
    }
}
