//! The part of JSON Schema that says what is looked for: properties, their types and their words.

use serde_json::{Map, Value};

/// References and nesting deeper than this are taken as text.
const DEPTH_MAX: usize = 8;

/// A property of an object.
#[derive(Clone, Debug)]
pub(super) struct Property {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub format: Option<String>,
    pub shape: Shape,
}

/// What a property holds.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Scalar(Scalar),
    Choice(Vec<Value>),
    Object(Vec<Property>),
    Rows(Vec<Property>),
    Scalars(Box<Property>),
}

/// The types of scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Number,
    Integer,
    Boolean,
}

/// The properties of the root, in order.
pub(super) fn properties(schema: &Map<String, Value>) -> Vec<Property> {
    let reader = Reader { root: schema };
    reader.properties(schema, 0)
}

struct Reader<'s> {
    root: &'s Map<String, Value>,
}

impl<'s> Reader<'s> {
    fn properties(&self, schema: &'s Map<String, Value>, depth: usize) -> Vec<Property> {
        let listed = schema.get("properties").and_then(Value::as_object);
        let listed = listed.into_iter().flatten();
        listed.map(|(name, value)| self.property(name, value, depth)).collect()
    }

    fn property(&self, name: &str, value: &'s Value, depth: usize) -> Property {
        let resolved = self.resolve(value);
        // What stands beside a reference is nearer to the property than what it refers to.
        let word = |key: &str| {
            let beside = value.get(key).and_then(Value::as_str);
            let told = beside.or_else(|| resolved.and_then(|schema| schema.get(key)?.as_str()));
            told.filter(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        Property {
            name: name.to_owned(),
            title: word("title"),
            description: word("description"),
            format: word("format"),
            shape: resolved.map_or(Shape::Scalar(Scalar::Text), |schema| self.shape(schema, depth)),
        }
    }

    /// Follows `$ref` and the first alternative that is not null.
    fn resolve(&self, value: &'s Value) -> Option<&'s Map<String, Value>> {
        let mut schema = value.as_object()?;
        for _ in 0..DEPTH_MAX {
            let next = match schema.get("$ref").and_then(Value::as_str) {
                Some(reference) => self.follow(reference),
                None => ["anyOf", "oneOf", "allOf"].iter().find_map(|key| {
                    let is_null = |schema: &&Value| schema.get("type") == Some(&"null".into());
                    schema.get(*key)?.as_array()?.iter().find(|schema| !is_null(schema))
                }),
            };
            match next.and_then(Value::as_object) {
                Some(next) => schema = next,
                None => break,
            }
        }
        Some(schema)
    }

    fn follow(&self, reference: &str) -> Option<&'s Value> {
        let mut steps = reference.strip_prefix("#/")?.split('/');
        let first = self.root.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step.replace("~1", "/").replace("~0", "~")))
    }

    fn shape(&self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        if depth >= DEPTH_MAX {
            return Shape::Scalar(Scalar::Text);
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return Shape::Choice(
                choices.iter().filter(|value| !value.is_null()).cloned().collect(),
            );
        }
        if let Some(only) = schema.get("const") {
            return Shape::Choice(vec![only.clone()]);
        }
        match kind(schema) {
            Some("object") => Shape::Object(self.properties(schema, depth + 1)),
            Some("array") => self.array(schema, depth),
            Some("number") => Shape::Scalar(Scalar::Number),
            Some("integer") => Shape::Scalar(Scalar::Integer),
            Some("boolean") => Shape::Scalar(Scalar::Boolean),
            None if schema.contains_key("properties") => {
                Shape::Object(self.properties(schema, depth + 1))
            }
            None if schema.contains_key("items") => self.array(schema, depth),
            _ => Shape::Scalar(Scalar::Text),
        }
    }

    fn array(&self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        let text = || Property {
            name: String::new(),
            title: None,
            description: None,
            format: None,
            shape: Shape::Scalar(Scalar::Text),
        };
        let item = schema.get("items").map_or_else(text, |item| self.property("", item, depth + 1));
        match item.shape {
            Shape::Object(properties) | Shape::Rows(properties) => Shape::Rows(properties),
            Shape::Scalars(inner) => Shape::Scalars(inner),
            Shape::Scalar(_) | Shape::Choice(_) => Shape::Scalars(Box::new(item)),
        }
    }
}

/// The first type that is not null.
fn kind(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}
