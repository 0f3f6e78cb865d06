//! The document that describes the API, in OpenAPI 3.1.
//!
//! Schemas are generated from the types of the wire, operations are described here, one file per
//! family. The tests hold it against the router, and every answer of the server against it.

mod account;
mod batch;
mod extract;
mod fault;
mod form;
mod jobs;
mod operation;
pub(crate) mod page;
mod pages;
mod parse;
mod schemas;
mod service;
mod tasks;
mod upload;
mod webhooks;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

pub use form::option_tables;

use fault::Fault;
use operation::Operation;
use schemas::Schemas;

/// What the whole API is, for its first reader.
const INTRODUCTION: &str = "\
Submit a document, get a job id at once, poll until the job ends, read the result. The status \
    of a job of any type is at `GET /jobs/{job_id}`.

Send the key in one of the headers `api-key`, `X-API-Key` and `Authorization: Bearer`. A job of \
    another account gets the same response as an unknown job. \
Every response has `x-request-id`; every error is a JSON object with `detail`.

Unknown form fields and unknown values of optional fields do not fail a request; the result has \
a warning `option_unknown` for each. Times are in UTC. \
Links in responses are signed, need no key and are valid for one hour; reading again renews \
    them.";

/// The whole document.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(build);
    &DOCUMENT
}

fn build() -> Value {
    let mut schemas = Schemas::new();
    let operations: Vec<Operation> = [
        jobs::operations,
        parse::operations,
        upload::operations,
        extract::operations,
        pages::operations,
        batch::operations,
        tasks::operations,
        webhooks::operations,
        account::operations,
        service::operations,
    ]
    .iter()
    .flat_map(|describe| describe(&mut schemas))
    .collect();
    let messages = webhooks::messages(&mut schemas);
    let responses: Map<String, Value> = Fault::ALL
        .into_iter()
        .map(|fault| (fault.name().to_owned(), fault.response(&mut schemas)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Docket",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Asynchronous document jobs",
            "description": INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The server that this document comes from" }],
        "security": [{ "apiKey": [] }, { "xApiKey": [] }, { "bearer": [] }],
        "tags": tags(),
        "paths": paths(operations),
        "webhooks": messages,
        "components": {
            "securitySchemes": security_schemes(),
            "responses": responses,
            "schemas": schemas.finish(),
        },
    })
}

fn tags() -> Value {
    let tag = |(name, text): (&str, &str)| json!({ "name": name, "description": text });
    [
        (jobs::TAG, "Status, result, cancellation and deletion of a job of any type."),
        (parse::TAG, "A document as chunks of Markdown with the coordinates of every word."),
        (extract::TAG, "The values of a JSON Schema, each with a score and its location."),
        (pages::TAG, "Categories of documents and pages, and documents split by category."),
        (batch::TAG, "One schema for many documents."),
        (tasks::TAG, "Parse jobs in the form of an older API, for programs that use it."),
        (webhooks::TAG, "Messages to your server when a job or a batch ends."),
        (account::TAG, "Keys and credits of the account."),
        (service::TAG, "Files behind links, health, and this document. No key needed."),
    ]
    .map(tag)
    .to_vec()
    .into()
}

fn security_schemes() -> Value {
    json!({
        "apiKey": { "type": "apiKey", "in": "header", "name": "api-key" },
        "xApiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
        "bearer": { "type": "http", "scheme": "bearer" },
    })
}

fn paths(operations: Vec<Operation>) -> Map<String, Value> {
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = Value::Object(operation.body);
    }
    paths
}
