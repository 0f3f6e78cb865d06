//! Forms as the three encodings of a submit take them.

use serde_json::{Map, Value, json};

/// A field of a form.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    text: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Integer(i64),
    Boolean,
    Words(&'static [&'static str]),
    Json,
}

/// A text.
pub(crate) const fn text(name: &'static str, text: &'static str) -> Field {
    Field { name, kind: Kind::Text, text }
}

/// A whole number, at least `least`.
pub(crate) const fn integer(name: &'static str, least: i64, text: &'static str) -> Field {
    Field { name, kind: Kind::Integer(least), text }
}

/// `true` or `false`, in any case.
pub(crate) const fn boolean(name: &'static str, text: &'static str) -> Field {
    Field { name, kind: Kind::Boolean, text }
}

/// One of these.
pub(crate) const fn words(
    name: &'static str,
    words: &'static [&'static str],
    text: &'static str,
) -> Field {
    Field { name, kind: Kind::Words(words), text }
}

/// JSON: as a text in a form, as it is in a JSON body.
pub(crate) const fn json_text(name: &'static str, text: &'static str) -> Field {
    Field { name, kind: Kind::Json, text }
}

impl Field {
    fn schema(self, encoding: Encoding) -> Value {
        let mut schema = match self.kind {
            Kind::Text => json!({ "type": "string" }),
            Kind::Integer(least) => json!({ "type": "integer", "minimum": least }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Words(words) => json!({ "type": "string", "enum": words }),
            Kind::Json if encoding == Encoding::Json => json!({}),
            Kind::Json => json!({ "type": "string", "contentMediaType": "application/json" }),
        };
        schema["description"] = self.text.into();
        schema
    }
}

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Multipart,
    Urlencoded,
    Json,
}

/// The form of one operation.
pub(crate) struct Form<'a> {
    /// The field of the document's bytes, and what is said of it.
    pub(crate) file: (&'static str, &'static str),
    /// The field of its address.
    pub(crate) url: &'static str,
    /// Fields without which a request is refused.
    pub(crate) required: &'a [Field],
    /// All others.
    pub(crate) optional: &'a [&'a [Field]],
}

/// Every submit takes these.
pub(crate) const EVERY_SUBMIT: &[Field] = &[
    text("password", "Opens an encrypted document; wiped when the job ends."),
    integer("expires_in", 1, "Seconds until the job and its files are deleted. Default: 7 days."),
];

impl Form<'_> {
    /// The body by its media types: a document, or an address to fetch it from.
    pub(crate) fn content(&self) -> Value {
        json!({
            "multipart/form-data": { "schema": self.schema(Encoding::Multipart) },
            "application/x-www-form-urlencoded": { "schema": self.schema(Encoding::Urlencoded) },
            "application/json": { "schema": self.schema(Encoding::Json) },
        })
    }

    fn schema(&self, encoding: Encoding) -> Value {
        let mut properties = Map::new();
        if encoding == Encoding::Multipart {
            properties.insert(self.file.0.to_owned(), file_schema(self.file.1));
        }
        properties.insert(
            self.url.to_owned(),
            json!({
                "type": "string", "format": "uri",
                "description": format!(
                    "Instead of `{}`: where a worker fetches the document from. `http` and \
                     `https`, public hosts only unless the server says otherwise.", self.file.0),
            }),
        );
        let fields = || self.required.iter().chain(self.optional.iter().copied().flatten());
        for field in fields() {
            properties.insert(field.name.to_owned(), field.schema(encoding));
        }
        let mut required: Vec<&str> = self.required.iter().map(|field| field.name).collect();
        let mut schema = json!({ "type": "object", "properties": properties });
        if encoding == Encoding::Multipart {
            schema["oneOf"] = json!([{ "required": [self.file.0] }, { "required": [self.url] }]);
        } else {
            required.insert(0, self.url);
        }
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        schema
    }
}

/// A JSON body of these fields alone.
pub(crate) fn object(required: &[Field], optional: &[&[Field]]) -> Value {
    let mut properties = Map::new();
    for field in required.iter().chain(optional.iter().copied().flatten()) {
        properties.insert(field.name.to_owned(), field.schema(Encoding::Json));
    }
    let names: Vec<&str> = required.iter().map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !names.is_empty() {
        schema["required"] = names.into();
    }
    schema
}

/// Bytes.
pub(crate) fn file_schema(text: &str) -> Value {
    json!({
        "type": "string", "format": "binary",
        "contentMediaType": "application/octet-stream", "description": text,
    })
}

/// A multipart form of many files and some fields.
pub(crate) fn files_content(
    name: &str,
    about: &str,
    required: &[Field],
    optional: &[&[Field]],
) -> Value {
    let mut properties = Map::new();
    properties.insert(
        name.to_owned(),
        json!({ "type": "array", "items": file_schema("A document."), "minItems": 1, "description": about }),
    );
    for field in required.iter().chain(optional.iter().copied().flatten()) {
        properties.insert(field.name.to_owned(), field.schema(Encoding::Multipart));
    }
    let mut names = vec![name];
    names.extend(required.iter().map(|field| field.name));
    json!({ "multipart/form-data": { "schema": {
        "type": "object", "properties": properties, "required": names,
    } } })
}
