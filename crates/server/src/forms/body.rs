//! Reads a submit in any of the three encodings that clients send.
//!
//! Which part is the file is decided by its field name alone: one client sends files without a
//! file name, and all types as `application/octet-stream`. Unknown fields do not fail a request.

use std::collections::{BTreeMap, HashMap};

use axum::body::{Body, HttpBody};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use docket_contract::fields::{
    self, CHUNKING, CLASSIFY, COMPATIBLE, EXTRACT, SHAPING, SPLIT, SUBMIT, Texts, WORKBOOK,
};
use docket_jobs::{Jobs, Upload};
use futures_util::StreamExt;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::problem::{Family, Problem};

/// Bytes that all text fields of a form may have together.
const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of a JSON body with a document in it; it is held in memory.
const JSON_DOCUMENT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Names of fields that an error lists.
const NAMES_SHOWN_MAX: usize = 10;

/// Files that one form may have.
const FILES_MAX: usize = 1000;

/// A form as it came.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: HashMap<String, String>,
    files: Vec<FormFile>,
}

/// True if some operation has a field of this name.
fn is_known(name: &str) -> bool {
    fn has<S: 'static>(table: &'static [fields::Field<S>], name: &str) -> bool {
        table.iter().any(|field| field.names().any(|known| known == name))
    }
    has(SHAPING, name)
        || has(COMPATIBLE, name)
        || has(WORKBOOK, name)
        || has(CHUNKING, name)
        || has(EXTRACT, name)
        || has(CLASSIFY, name)
        || has(SPLIT, name)
        || has(SUBMIT, name)
}

/// A file of a form, its bytes already on their way to storage.
#[derive(Debug)]
pub(crate) struct FormFile {
    pub(crate) upload: Upload,
    pub(crate) file_name: Option<String>,
}

impl Form {
    /// The names of the fields with a text.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// The names of the fields that no operation knows, for an error about one that was not sent;
    /// empty if there are none. One of them may be the document under another name.
    pub(crate) fn received(&self) -> String {
        let is_unknown = |name: &&str| !name.is_empty() && !is_known(name);
        let mut names: Vec<&str> = self.names().filter(is_unknown).collect();
        names.sort_unstable();
        names.truncate(NAMES_SHOWN_MAX);
        if names.is_empty() { String::new() } else { format!(" (received: {})", names.join(", ")) }
    }

    /// Takes the field out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.remove(name);
    }

    /// The first of these fields that has a text.
    pub(crate) fn first_text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// Takes the file, if the form has one; a second one is refused.
    pub(crate) fn take_file(&mut self) -> Result<Option<FormFile>, Problem> {
        let mut files = self.take_files();
        if files.len() > 1 {
            return Err(Problem::bad_request("Only one file can be sent"));
        }
        Ok(files.pop())
    }

    /// Takes all files; an empty part without a name counts as none, as browsers send it.
    pub(crate) fn take_files(&mut self) -> Vec<FormFile> {
        let mut files = std::mem::take(&mut self.files);
        files.retain(|file| !(file.upload.is_empty() && file.file_name.is_none()));
        files
    }

    /// What distinguishes this form from another with the same files: the hash of its sorted
    /// fields.
    pub(crate) fn fields_sha256(&self) -> [u8; 32] {
        let sorted: BTreeMap<&String, &String> = self.fields.iter().collect();
        let mut hasher = Sha256::new();
        for (name, text) in sorted {
            for part in [name, text] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hasher.finalize().into()
    }

    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Self { fields: fields.iter().map(own).collect(), files: Vec::new() }
    }
}

impl Texts for Form {
    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

/// Reads the request's body; the bytes of a field of `file_fields` go to storage as they come.
pub(crate) async fn read_form(
    jobs: &Jobs,
    mut request: Request,
    file_fields: &[&str],
    family: Family,
) -> Result<Form, Problem> {
    refuse_declared_size(jobs, request.headers(), TEXT_BYTES_MAX as u64)?;
    if request.body().is_end_stream() {
        return Ok(Form::default());
    }
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "multipart/form-data" => {
            // Uploads have their own limit, counted in the file's bytes and not in the form's.
            DefaultBodyLimit::disable().apply(&mut request);
            let multipart = Multipart::from_request(request, &())
                .await
                .map_err(|error| Problem::bad_request(&format!("Invalid form: {error}")))?;
            read_multipart(jobs, multipart, file_fields, family).await
        }
        "application/json" => read_json(&read_bytes(request.into_body(), TEXT_BYTES_MAX).await?),
        _ => {
            let sent = essence.to_owned();
            read_urlencoded(&read_bytes(request.into_body(), TEXT_BYTES_MAX).await?, &sent)
        }
    }
}

/// Reads a JSON object that may have a document in it, in base64.
pub(crate) async fn read_large_json(request: Request) -> Result<Form, Problem> {
    let most = JSON_DOCUMENT_BYTES_MAX;
    match declared_size(request.headers()) {
        Some(size_bytes) if size_bytes > most as u64 => {
            Err(Problem::too_large(size_bytes, most as u64))
        }
        _ => read_json(&read_bytes(request.into_body(), most).await?),
    }
}

/// A body that says itself that it is too large is refused before a byte of it is read; beside the
/// document it may have so many bytes.
pub(crate) fn refuse_declared_size(
    jobs: &Jobs,
    headers: &HeaderMap,
    beside_bytes: u64,
) -> Result<(), Problem> {
    let limit_bytes = jobs.policy().upload_bytes_max;
    match declared_size(headers) {
        Some(size_bytes) if size_bytes > limit_bytes.saturating_add(beside_bytes) => {
            Err(Problem::too_large(size_bytes, limit_bytes))
        }
        _ => Ok(()),
    }
}

fn declared_size(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read_multipart(
    jobs: &Jobs,
    mut multipart: Multipart,
    file_fields: &[&str],
    family: Family,
) -> Result<Form, Problem> {
    let mut form = Form::default();
    let mut text_bytes = 0;
    while let Some(field) = multipart.next_field().await.map_err(|error| broken_form(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if file_fields.contains(&name.as_str()) {
            if form.files.len() >= FILES_MAX {
                return Err(Problem::bad_request(&format!(
                    "At most {FILES_MAX} files can be sent"
                )));
            }
            let is_text = is_text_field(&field);
            let file = read_file(jobs, field, family).await?;
            if is_text && !file.upload.is_empty() && !file.upload.is_recognised() {
                return Err(Problem::bad_request(&format!("{name} must be a file, not a text")));
            }
            form.files.push(file);
        } else {
            let is_file = field.file_name().is_some();
            let Some(text) = read_field(field, TEXT_BYTES_MAX - text_bytes).await? else {
                return Err(too_large_field(&name, is_file, file_fields));
            };
            text_bytes += text.len();
            form.fields.insert(name, text);
        }
    }
    Ok(form)
}

/// True for a part that forms use for text: neither a file name nor the type of a file. One client
/// sends files without a name too, with a type; bytes without both are a file only if they look
/// like a document.
fn is_text_field(field: &Field<'_>) -> bool {
    let is_text = |kind: &str| kind.trim().to_ascii_lowercase().starts_with("text/plain");
    field.file_name().is_none() && field.content_type().is_none_or(is_text)
}

async fn read_file(jobs: &Jobs, mut field: Field<'_>, family: Family) -> Result<FormFile, Problem> {
    let file_name = field.file_name().map(str::to_owned);
    let mut upload = jobs.begin_upload();
    while let Some(piece) = field.chunk().await.map_err(|error| broken_form(&error))? {
        upload.write(piece).await.map_err(|error| Problem::of(error, family))?;
    }
    Ok(FormFile { upload, file_name })
}

/// A text field is larger than all of them may be together; often it is a document under a name
/// that no document has.
fn too_large_field(name: &str, is_file: bool, file_fields: &[&str]) -> Problem {
    match file_fields.first() {
        Some(expected) if is_file => Problem::bad_request(&format!(
            "The field {name} is too large; the document must be in the field {expected}"
        )),
        _ => Problem::bad_request(&format!("The form's fields are too large, at {name}")),
    }
}

/// The text of a field; `None` if it is larger than this.
async fn read_field(mut field: Field<'_>, most: usize) -> Result<Option<String>, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken_form(&error))? {
        if bytes.len() + piece.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn broken_form(error: &MultipartError) -> Problem {
    Problem::bad_request(&format!("Invalid form: {}", error.body_text()))
}

async fn read_bytes(body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::bad_request("The request's body broke off"))?;
        if bytes.len() + piece.len() > most {
            return Err(Problem::too_large((bytes.len() + piece.len()) as u64, most as u64));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A JSON object as a form: texts as they are, everything else as its JSON text.
fn read_json(bytes: &[u8]) -> Result<Form, Problem> {
    let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else {
        return Err(Problem::bad_request("The request's body is not a JSON object"));
    };
    let fields = object.into_iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name, text)),
        other => Some((name, other.to_string())),
    });
    Ok(Form { fields: fields.collect(), files: Vec::new() })
}

/// A JSON object under this type is refused with a hint: `curl -d` sends it as a form, of which it
/// would be one field with a strange name.
fn read_urlencoded(bytes: &[u8], content_type: &str) -> Result<Form, Problem> {
    if serde_json::from_slice::<Map<String, Value>>(bytes).is_ok() {
        let sent = if content_type.is_empty() { "none" } else { content_type };
        return Err(Problem::bad_request(&format!(
            "The request's body is JSON, but its Content-Type is {sent}: send Content-Type: \
             application/json"
        )));
    }
    let fields = form_urlencoded::parse(bytes).into_owned();
    Ok(Form { fields: fields.collect(), files: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_fields_read_like_form_fields() {
        let form = read_json(br#"{"url":" u ","merge_tables":true,"a":null,"o":{"b":1}}"#).unwrap();
        assert_eq!(form.text("url"), Some("u"));
        assert_eq!(form.text("merge_tables"), Some("true"));
        assert_eq!(form.text("a"), None);
        assert_eq!(form.text("o"), Some(r#"{"b":1}"#));
        assert!(read_json(b"[1]").is_err() && read_json(b"{").is_err());
    }

    #[test]
    fn fingerprints_ignore_the_order_of_fields() {
        let of = |fields: &[(&str, &str)]| Form::of(fields).fields_sha256();
        assert_eq!(of(&[("a", "1"), ("b", "2")]), of(&[("b", "2"), ("a", "1")]));
        assert_ne!(of(&[("a", "1"), ("b", "2")]), of(&[("a", "2"), ("b", "1")]));
        assert_ne!(of(&[("a", "1b")]), of(&[("a", "1"), ("b", "")]));
    }

    #[test]
    fn urlencoded_fields() {
        let form = read_urlencoded(b"url=http%3A%2F%2Fh%2Fa+b.pdf&_=&x", "").unwrap();
        assert_eq!(form.text("url"), Some("http://h/a b.pdf"));
        assert_eq!(form.text("_"), None);
        assert!(read_urlencoded(br#" {"url":"http://h/a.pdf"}"#, "").is_err());
    }
}
