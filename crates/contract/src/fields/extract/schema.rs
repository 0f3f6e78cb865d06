//! Whether a text is a JSON Schema that an extraction can work with.
//!
//! The keywords are checked as the drafts from 4 to 2020-12 define them; where drafts differ, every
//! form is valid. Unknown keywords are ignored, as the specification asks for.

use serde_json::{Map, Value};

/// The schema, if its root is an object with properties and everything in it is well-formed.
///
/// # Errors
/// What is wrong, with the path of the keyword.
pub(super) fn checked(schema: &Value) -> Result<Map<String, Value>, String> {
    let root =
        schema.as_object().filter(|root| root.get("type").is_some_and(|kind| kind == "object"));
    let properties = root.and_then(|root| root.get("properties")).and_then(Value::as_object);
    let (Some(root), Some(properties)) = (root, properties) else {
        return Err("the root must be of type object and have properties".to_owned());
    };
    if properties.is_empty() {
        return Err("properties must have at least one property".to_owned());
    }
    check_object(root, "")?;
    Ok(root.clone())
}

/// What a keyword must hold.
enum Holds {
    Schema,
    /// A schema, or a list of them.
    SchemaOrList,
    /// A list of at least one schema.
    Schemas,
    /// An object of schemas.
    NamedSchemas,
    /// An object of schemas or of lists of names.
    Dependencies,
    Text,
    Switch,
    List,
    Names,
    Type,
    /// A list of names; in older drafts a switch.
    Required,
    Number,
    /// A number; in older drafts a switch.
    NumberOrSwitch,
    Count,
}

fn holds(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "additionalProperties"
        | "propertyNames"
        | "contains"
        | "additionalItems"
        | "not"
        | "if"
        | "then"
        | "else"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Holds::Schema,
        "items" => Holds::SchemaOrList,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::Schemas,
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            Holds::NamedSchemas
        }
        "dependencies" => Holds::Dependencies,
        "title" | "description" | "$ref" | "$schema" | "$id" | "$comment" | "$anchor"
        | "pattern" | "format" => Holds::Text,
        "uniqueItems" | "readOnly" | "writeOnly" | "deprecated" => Holds::Switch,
        "enum" | "examples" => Holds::List,
        "type" => Holds::Type,
        "required" => Holds::Required,
        "minimum" | "maximum" | "multipleOf" => Holds::Number,
        "exclusiveMinimum" | "exclusiveMaximum" => Holds::NumberOrSwitch,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
        | "minContains" | "maxContains" => Holds::Count,
        _ => return None,
    })
}

fn check(schema: &Value, path: &str) -> Result<(), String> {
    match schema {
        Value::Object(schema) => check_object(schema, path),
        Value::Bool(_) => Ok(()),
        _ => Err(format!("{} must be a schema", shown(path))),
    }
}

fn check_object(schema: &Map<String, Value>, path: &str) -> Result<(), String> {
    for (keyword, value) in schema {
        if let Some(holds) = holds(keyword) {
            holds.check(value, &format!("{path}/{keyword}"))?;
        }
    }
    Ok(())
}

impl Holds {
    fn check(&self, value: &Value, path: &str) -> Result<(), String> {
        let must = |is_valid: bool, what: &str| match is_valid {
            true => Ok(()),
            false => Err(format!("{} must be {what}", shown(path))),
        };
        match self {
            Self::Schema => check(value, path),
            Self::SchemaOrList => match value {
                Value::Array(schemas) => check_list(schemas, path),
                schema => check(schema, path),
            },
            Self::Schemas => match value.as_array().filter(|schemas| !schemas.is_empty()) {
                Some(schemas) => check_list(schemas, path),
                None => must(false, "a list of schemas"),
            },
            Self::NamedSchemas => check_named(value, path),
            Self::Dependencies => check_dependencies(value, path),
            Self::Text => must(value.is_string(), "a text"),
            Self::Switch => must(value.is_boolean(), "true or false"),
            Self::List => must(value.is_array(), "a list"),
            Self::Names => must(is_list_of_texts(value), "a list of names"),
            Self::Required => {
                must(value.is_boolean() || is_list_of_texts(value), "a list of names")
            }
            Self::Type => must(is_type(value), "a type, or a list of types"),
            Self::Number => must(value.is_number(), "a number"),
            Self::NumberOrSwitch => must(value.is_number() || value.is_boolean(), "a number"),
            Self::Count => {
                let is_whole = value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0);
                must(is_whole, "a whole number, not negative")
            }
        }
    }
}

fn check_list(schemas: &[Value], path: &str) -> Result<(), String> {
    let mut numbered = schemas.iter().enumerate();
    numbered.try_for_each(|(index, schema)| check(schema, &format!("{path}/{index}")))
}

fn check_named(value: &Value, path: &str) -> Result<(), String> {
    let named = value.as_object().ok_or_else(|| format!("{} must be an object", shown(path)))?;
    named.iter().try_for_each(|(name, schema)| check(schema, &format!("{path}/{name}")))
}

fn check_dependencies(value: &Value, path: &str) -> Result<(), String> {
    let named = value.as_object().ok_or_else(|| format!("{} must be an object", shown(path)))?;
    named.iter().try_for_each(|(name, dependency)| {
        let path = format!("{path}/{name}");
        let holds = if dependency.is_array() { Holds::Names } else { Holds::Schema };
        holds.check(dependency, &path)
    })
}

fn is_list_of_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_string))
}

fn is_type(value: &Value) -> bool {
    let is_name = |name: &Value| {
        let names = ["string", "number", "integer", "boolean", "object", "array", "null", "any"];
        name.as_str().is_some_and(|name| names.contains(&name))
    };
    match value {
        Value::Array(names) => !names.is_empty() && names.iter().all(is_name),
        name => is_name(name),
    }
}

/// The path without its first slash, or the root by its name.
fn shown(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or("the root")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(property: &str) -> Result<Map<String, Value>, String> {
        let text = format!(r#"{{"type":"object","properties":{{"a":{property}}}}}"#);
        checked(&serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn valid_schemas_of_every_draft() {
        for property in [
            "{}",
            "true",
            r#"{"type":"string","description":"","format":"date","x-order":1,"example":[1]}"#,
            r#"{"type":["number","null"],"minimum":0,"exclusiveMinimum":true,"multipleOf":0.01}"#,
            r#"{"type":"array","items":{"type":"object","properties":{}},"minItems":1.0}"#,
            r#"{"items":[{"type":"string"},{}],"additionalItems":false,"uniqueItems":true}"#,
            r##"{"anyOf":[{"$ref":"#/$defs/x"},{"type":"null"}],"default":null}"##,
            r#"{"type":"object","required":["x"],"properties":{"x":{"required":true}}}"#,
            r#"{"enum":[1,"a",null],"const":{},"examples":["a"],"nullable":true}"#,
            r#"{"dependencies":{"x":["y"],"z":{"type":"object"}},"if":{},"then":true}"#,
            r#"{"properties":{"type":{"type":"string"},"items":{"type":"string"}}}"#,
        ] {
            assert!(with(property).is_ok(), "{property}: {:?}", with(property));
        }
    }

    #[test]
    fn invalid_schemas_name_the_keyword() {
        for (property, path) in [
            (r#""string""#, "properties/a"),
            ("null", "properties/a"),
            (r#"{"type":"text"}"#, "properties/a/type"),
            (r#"{"type":[]}"#, "properties/a/type"),
            (r#"{"type":5}"#, "properties/a/type"),
            (r#"{"properties":[]}"#, "properties/a/properties"),
            (r#"{"items":"string"}"#, "properties/a/items"),
            (r#"{"items":{"type":"number","minimum":"0"}}"#, "properties/a/items/minimum"),
            (r#"{"anyOf":[]}"#, "properties/a/anyOf"),
            (r#"{"oneOf":[{"enum":"a"}]}"#, "properties/a/oneOf/0/enum"),
            (r#"{"required":"x"}"#, "properties/a/required"),
            (r#"{"description":["x"]}"#, "properties/a/description"),
            (r#"{"minLength":-1}"#, "properties/a/minLength"),
        ] {
            let refused = with(property).unwrap_err();
            assert!(refused.starts_with(&format!("{path} must be")), "{property}: {refused}");
        }
    }

    #[test]
    fn a_root_without_properties_is_refused() {
        for root in [
            r#"{"type":"object","properties":{}}"#,
            r#"{"type":"object"}"#,
            r#"{"type":"object","properties":[]}"#,
            r#"{"type":"array","properties":{"a":{}}}"#,
            r#"["a"]"#,
        ] {
            assert!(checked(&serde_json::from_str(root).unwrap()).is_err(), "{root}");
        }
    }
}
