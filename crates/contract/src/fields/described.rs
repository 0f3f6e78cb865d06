//! Fields without their functions, for the API document and the tables of the docs.

use serde_json::{Map, Value, json};

use super::{COMPATIBLE, Echo, Effect, Field, Kind, SHAPING, WORKBOOK};

/// A field as documents show it.
#[derive(Clone, Debug)]
pub struct Described {
    /// The name that wins.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What it holds.
    pub shape: Shape,
    /// The value of a request without it, as a form writes it.
    pub default: Option<&'static str>,
    /// A request without it is refused.
    pub required: bool,
    /// What it does.
    pub doc: String,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number of at least this.
    Integer(u64),
    /// One of these words.
    Words(&'static [&'static str]),
    /// JSON.
    Json,
}

impl<S> Field<S> {
    /// The field for documents.
    #[must_use]
    pub fn described(&self) -> Described {
        let shape = match self.kind {
            Kind::Text(_) => Shape::Text,
            Kind::Boolean(_) => Shape::Boolean,
            Kind::Integer { least, .. } => Shape::Integer(least),
            Kind::Words { allowed, .. } => Shape::Words(allowed),
            Kind::Json(_) => Shape::Json,
        };
        Described {
            name: self.name,
            aliases: self.aliases,
            shape,
            default: self.default,
            required: self.required,
            doc: self.sentences(),
        }
    }

    fn sentences(&self) -> String {
        let is_echoed = !matches!(self.echo, Echo::Never);
        let effect = match (self.effect, is_echoed) {
            (Effect::Works, _) => "",
            (Effect::WorksInPart(_), _) => {
                "`LLM` and `VLM` need a model, which this server does not have: they are reported \
                 as `option_unsupported`."
            }
            (Effect::Nothing, true) => "Accepted for compatibility; echoed, no effect.",
            (Effect::Nothing, false) => "Accepted for compatibility; no effect.",
            (Effect::NeedsModel(_), _) => {
                "Needs a model, which this server does not have: no effect, reported as \
                 `option_unsupported`."
            }
        };
        [self.doc, effect].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The schema of the echo of a parse.
#[must_use]
pub fn configuration_schema() -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in SHAPING.iter().chain(COMPATIBLE).chain(WORKBOOK) {
        let described = field.described();
        let is_first = |name: &str| name == field.name;
        for name in field.names().filter(|_| !matches!(field.echo, Echo::Never)) {
            let mut schema = match described.shape {
                Shape::Text | Shape::Words(_) => json!({ "type": "string" }),
                Shape::Boolean => json!({ "type": "boolean" }),
                Shape::Integer(_) => json!({ "type": "integer" }),
                Shape::Json => json!({}),
            };
            schema["description"] = if is_first(name) {
                described.doc.as_str().into()
            } else {
                format!("Another name of `{}`.", field.name).into()
            };
            properties.insert(name.to_owned(), schema);
            if matches!(field.echo, Echo::Always | Echo::Of(_)) {
                required.push(name);
            }
        }
    }
    let schema = json!({
        "description": "All options in effect, each under all of its names, and every option \
             without effect as it was sent.",
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": true,
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

impl Described {
    /// The row of a Markdown table: names, values, default, effect.
    #[must_use]
    pub fn row(&self) -> String {
        let quoted = |names: &mut dyn Iterator<Item = &str>| {
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let names = quoted(&mut std::iter::once(self.name).chain(self.aliases.iter().copied()));
        let values = match self.shape {
            Shape::Text => "text".to_owned(),
            Shape::Boolean => "`true`, `false`".to_owned(),
            Shape::Integer(least) => format!("whole number from {least}"),
            Shape::Words(words) => quoted(&mut words.iter().copied()),
            Shape::Json => "JSON".to_owned(),
        };
        let default = match (self.required, self.default) {
            (true, _) => "required".to_owned(),
            (false, Some(default)) => format!("`{default}`"),
            (false, None) => String::new(),
        };
        format!("| {names} | {values} | {default} | {} |", self.doc.replace('|', "\\|"))
    }
}
