//! Schemas on the page: the fields of an object, nested ones folded.

use maud::{Markup, html};
use serde_json::Value;

use super::{entries, paragraphs, text};

/// Levels of nested objects that are shown.
const DEPTH_MAX: usize = 6;

/// What a reference leads to; anything else as it is.
pub(super) fn resolve<'a>(value: &'a Value, document: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// The fields of a schema, if it has any.
pub(super) fn properties(schema: &Value, document: &Value, depth: usize) -> Markup {
    let schema = object_within(resolve(schema, document), document);
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let choices = schema["anyOf"].as_array();
    html! {
        @if depth <= DEPTH_MAX {
            @if schema["properties"].is_object() {
                dl { @for (name, property) in entries(&schema["properties"]) {
                    (field(name, property, required.contains(&name), document, depth))
                } }
            } @else if let Some(choices) = choices {
                @for choice in choices {
                    @let choice = resolve(choice, document);
                    @if choice["properties"].is_object() {
                        details {
                            summary { (first_sentence(text(choice, "description"))) }
                            (properties(choice, document, depth + 1))
                        }
                    }
                }
            }
        }
    }
}

fn field(name: &str, property: &Value, required: bool, document: &Value, depth: usize) -> Markup {
    let target = resolve(property, document);
    let own = text(property, "description");
    let nested = object_within(target, document);
    let has_fields = nested["properties"].is_object() || nested["anyOf"].is_array();
    let words = word_list(target, own);
    html! {
        dt {
            code { (name) } " " span class="type" { (type_label(property)) }
            @if !required { " " span class="optional" { "optional" } }
        }
        dd {
            (paragraphs(own))
            @if let Some(words) = words { (words) }
            @if has_fields && depth < DEPTH_MAX {
                details {
                    summary { "its fields" }
                    (properties(nested, document, depth + 1))
                }
            }
        }
    }
}

/// The words of an enumeration, with what they mean.
fn word_list(target: &Value, shown: &str) -> Option<Markup> {
    let words = target["enum"].as_array()?;
    let meanings = text(target, "description").split("\n\n").find(|part| part.starts_with("* "));
    Some(html! {
        @if let Some(meanings) = meanings.filter(|meanings| !shown.contains(*meanings)) {
            (paragraphs(meanings))
        } @else if meanings.is_none() {
            p class="words" { @for (index, word) in words.iter().enumerate() {
                @if index > 0 { ", " } code { (word.as_str().unwrap_or_default()) }
            } }
        }
    })
}

/// The object inside a list, a map or a nullable schema.
fn object_within<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let schema = resolve(schema, document);
    if schema["items"].is_object() {
        return object_within(&schema["items"], document);
    }
    if schema["additionalProperties"].is_object() {
        return object_within(&schema["additionalProperties"], document);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let mut real = choices.iter().filter(|choice| choice["type"] != "null");
        if let (Some(only), None) = (real.next(), real.next()) {
            return object_within(only, document);
        }
    }
    schema
}

/// A schema's type in a few words.
pub(super) fn type_label(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        return target.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if schema["items"].is_object() {
        return format!("list of {}", type_label(&schema["items"]));
    }
    if schema["additionalProperties"].is_object() {
        return format!("map of {}", type_label(&schema["additionalProperties"]));
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().map(type_label).collect::<Vec<_>>().join(" or ");
    }
    let bytes = schema["format"] == "binary";
    match &schema["type"] {
        Value::String(_) if bytes => "file".to_owned(),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn first_sentence(text: &str) -> &str {
    text.split_inclusive('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels() {
        for (schema, label) in [
            (json!({ "type": ["string", "null"] }), "string or null"),
            (
                json!({ "type": "array", "items": { "$ref": "#/components/schemas/Chunk" } }),
                "list of Chunk",
            ),
            (json!({ "type": "string", "format": "binary" }), "file"),
            (json!({ "anyOf": [{ "$ref": "#/a/B" }, { "type": "null" }] }), "B or null"),
            (json!({}), "any"),
        ] {
            assert_eq!(type_label(&schema), label);
        }
    }
}
