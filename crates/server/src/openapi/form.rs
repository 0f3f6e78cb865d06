//! Forms as the three encodings of a submit take them.

use docket_contract::fields::{Described, Shape};
use serde_json::{Map, Value, json};

use crate::forms::documents::{DocumentForm, LISTED, Listed};

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Multipart,
    Urlencoded,
    Json,
}

impl DocumentForm {
    /// The body by its media types: a document, or an address to fetch it from.
    pub(super) fn content(&self) -> Value {
        json!({
            "multipart/form-data": { "schema": self.schema(Encoding::Multipart) },
            "application/x-www-form-urlencoded": { "schema": self.schema(Encoding::Urlencoded) },
            "application/json": { "schema": self.schema(Encoding::Json) },
        })
    }

    fn schema(&self, encoding: Encoding) -> Value {
        let (file, url) = (self.file[0], self.url[0]);
        let mut properties = Map::new();
        if encoding == Encoding::Multipart {
            properties.insert(file.to_owned(), file_schema(self.file_doc));
        }
        let about_url = format!(
            "Instead of `{file}`: the address from which a worker fetches the document. `http` and \
             `https`; public hosts only, unless the server is configured otherwise."
        );
        properties.insert(
            url.to_owned(),
            json!({ "type": "string", "format": "uri", "description": about_url }),
        );
        let mut required = self.insert_options(&mut properties, encoding);
        let mut schema = json!({ "type": "object", "properties": properties });
        if encoding == Encoding::Multipart {
            schema["oneOf"] = json!([{ "required": [file] }, { "required": [url] }]);
        } else {
            required.insert(0, url);
        }
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        schema
    }

    /// A JSON body: these fields and the options.
    pub(super) fn json(&self, fields: &[JsonField]) -> Value {
        let mut properties = Map::new();
        for field in fields {
            let schema = json!({ "type": "string", "description": field.doc });
            properties.insert(field.name.to_owned(), schema);
        }
        let mut required: Vec<&str> =
            fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        required.extend(self.insert_options(&mut properties, Encoding::Json));
        let mut schema = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        schema
    }

    /// A multipart form of many files and the options.
    pub(super) fn files_content(&self) -> Value {
        let name = self.file[0];
        let mut properties = Map::new();
        properties.insert(
            name.to_owned(),
            json!({
                "type": "array", "items": file_schema("A document."), "minItems": 1,
                "description": self.file_doc,
            }),
        );
        let mut required = self.insert_options(&mut properties, Encoding::Multipart);
        required.insert(0, name);
        json!({ "multipart/form-data": { "schema": {
            "type": "object", "properties": properties, "required": required,
        } } })
    }

    /// Adds every option under all of its names; answers which are required.
    fn insert_options(
        &self,
        properties: &mut Map<String, Value>,
        encoding: Encoding,
    ) -> Vec<&'static str> {
        let mut required = Vec::new();
        for field in (self.options)() {
            let schema = option_schema(&field, encoding);
            for alias in field.aliases {
                let mut other = schema.clone();
                other["description"] = format!("Another name of `{}`.", field.name).into();
                properties.insert((*alias).to_owned(), other);
            }
            properties.insert(field.name.to_owned(), schema);
            if field.required {
                required.push(field.name);
            }
        }
        required
    }
}

/// A text field of a JSON body beside its options.
pub(super) struct JsonField {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) required: bool,
}

fn option_schema(field: &Described, encoding: Encoding) -> Value {
    let mut schema = match field.shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Integer(least) => json!({ "type": "integer", "minimum": least }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Words(words) => json!({ "type": "string", "enum": words }),
        Shape::Json if encoding == Encoding::Json => json!({}),
        Shape::Json => json!({ "type": "string", "contentMediaType": "application/json" }),
    };
    let default = field.default.map(|default| format!("Default: `{default}`."));
    let texts = [Some(field.doc.clone()), default];
    schema["description"] = texts
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .into();
    schema
}

/// Bytes.
pub(super) fn file_schema(text: &str) -> Value {
    json!({
        "type": "string", "format": "binary",
        "contentMediaType": "application/octet-stream", "description": text,
    })
}

/// The tables of options in the docs, by the titles of their forms.
#[must_use]
pub fn option_tables() -> Vec<(&'static str, String)> {
    let table = |(form, listed_elsewhere): Listed| {
        let others = listed_elsewhere();
        let is_own = |field: &Described| others.iter().all(|other| other.name != field.name);
        let rows = (form.options)().into_iter().filter(is_own).map(|field| field.row());
        let head =
            ["| field | values | default | effect |", "|---|---|---|---|"].map(str::to_owned);
        (form.title, head.into_iter().chain(rows).collect::<Vec<_>>().join("\n"))
    };
    LISTED.into_iter().map(table).collect()
}
