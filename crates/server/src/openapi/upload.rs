//! `/v2/parse/upload` and the upload behind its link.

use docket_contract::wire::upload::{UploadCreated, UploadReceived};
use serde_json::json;

use super::fault::Fault;
use super::form::JsonField;
use super::operation::Operation;
use super::parse::TAG;
use super::schemas::Schemas;
use crate::forms::documents::UPLOAD;

const NAME: &[JsonField] = &[JsonField {
    name: "file_name",
    doc: "The document's name, with its extension.",
    required: true,
}];

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    vec![create(schemas), receive(schemas)]
}

fn create(schemas: &mut Schemas) -> Operation {
    Operation::new("post", "/v2/parse/upload", TAG, "parseUpload", "Parse a document that is \
        uploaded later")
        .text(
            "Creates a job and a signed link. `PUT` the bytes to `upload_url` with exactly the \
                headers in `upload_headers` and no key; then the job is queued, and `GET \
                /parse/{job_id}` has its status. If the link is not used in time, the job fails.",
        )
        .once_only()
        .takes_json(UPLOAD.json(NAME), true)
        .answer(200, "The link.", schemas.of::<UploadCreated>())
        .faults(&Fault::PARSE_SUBMIT)
        .faults(&[Fault::UploadBadRequest, Fault::ParseInternal])
        .curl(concat!(
            "curl \"$DOCKET_URL/v2/parse/upload\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"file_name\":\"report.pdf\"}'\n",
            "curl -T report.pdf \"$UPLOAD_URL\" -H 'Content-Type: application/pdf'",
        ))
}

fn receive(schemas: &mut Schemas) -> Operation {
    let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
    Operation::public("put", "/files/{job_id}/upload", TAG, "putUpload", "Upload behind a link")
        .text("The target of `upload_url` of `POST /v2/parse/upload`; takes one document.")
        .job_id()
        .query(
            "expires",
            &json!({ "type": "integer" }),
            "When the link ends, in seconds since 1970.",
        )
        .query("signature", &json!({ "type": "string" }), "The link's signature.")
        .takes(json!({ "*/*": bytes }), true)
        .answer(200, "The document has arrived.", schemas.of::<UploadReceived>())
        .faults(&[
            Fault::UploadBadRequest,
            Fault::ParseQuotaExceeded,
            Fault::LinkRefused,
            Fault::NotFound,
            Fault::TooLarge,
            Fault::ParseInternal,
        ])
}
