//! What needs no key: files behind links, health, and this document.

use docket_contract::shapes::account::{Health, Ready};
use serde_json::json;

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;

pub(crate) const TAG: &str = "Service";

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let page = || json!({ "text/html": { "schema": { "type": "string" } } });
    vec![
        file(),
        Operation::public("get", "/health", TAG, "health", "Liveness")
            .answer(200, "The process responds.", schemas.of::<Health>())
            .curl("curl \"$DOCKET_URL/health\""),
        Operation::public("get", "/ready", TAG, "ready", "Readiness")
            .text(
                "200 if the database responds and the workers of this node make progress, \
                else 503.",
            )
            .answer(200, "The node is ready.", schemas.of::<Ready>())
            .curl("curl \"$DOCKET_URL/ready\""),
        Operation::public("get", "/metrics", TAG, "getNumbers", "Metrics for Prometheus")
            .text("Totals over all accounts, without data of any account.")
            .answer_as(
                200,
                "The text format of Prometheus.",
                json!({ "text/plain": { "schema": { "type": "string" } } }),
            )
            .curl("curl \"$DOCKET_URL/metrics\""),
        Operation::public("get", "/openapi.json", TAG, "getDescription", "This document")
            .answer(200, "OpenAPI 3.1.", json!({ "type": "object" }))
            .curl("curl \"$DOCKET_URL/openapi.json\""),
        Operation::public("get", "/docs", TAG, "getPage", "This document as a page").answer_as(
            200,
            "A page without external resources.",
            page(),
        ),
        Operation::public("get", "/", TAG, "getStart", "Start page").answer_as(
            200,
            "A small page.",
            page(),
        ),
    ]
}

fn file() -> Operation {
    let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
    let content = json!({ "application/pdf": bytes, "application/json": {}, "*/*": bytes });
    Operation::public(
        "get",
        "/files/{job_id}/{file}",
        TAG,
        "getFile",
        "A file behind a signed link",
    )
    .text("The links are in responses (`pdf_url`, `file_url`, `output_file_url`, `full_path`).")
    .job_id()
    .path_text("file", "`document`, `result`, or the id of a file of the result.")
    .query("expires", &json!({ "type": "integer" }), "When the link ends, in seconds since 1970.")
    .query("signature", &json!({ "type": "string" }), "The link's signature.")
    .header(
        "Range",
        &json!({ "type": "string" }),
        "One range of bytes, for example `bytes=0-1023`; anything else returns the whole file.",
    )
    .answer_as(200, "The whole file.", content.clone())
    .answer_as(206, "The requested bytes; `Content-Range` has their position.", content)
    .faults(&[Fault::BadRequest, Fault::LinkRefused, Fault::NotFound, Fault::NotInRange])
}
