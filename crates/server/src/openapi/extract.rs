//! `/extract`, its older names, and `/chunking`.

use docket_contract::shapes::created::{ChunkingCreated, ExtractCreated};
use docket_contract::wire::extract::ExtractStatus;
use serde_json::json;

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;
use crate::forms::documents::{CHUNKS, EXTRACTION};

pub(crate) const TAG: &str = "Extract and chunk";

const FORMATS: &[&str] = &["flat", "scored"];

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        submit("/v2/extract", "extract", schemas),
        submit("/extract", "extractOld", schemas).deprecated(),
        submit("/cite", "cite", schemas).deprecated(),
        status(schemas),
        chunking(schemas),
    ]
}

fn submit(path: &'static str, id: &str, schemas: &mut Schemas) -> Operation {
    Operation::new("post", path, TAG, id, "Extract the values of a schema")
        .text(if path.starts_with("/v2/") {
            "Exactly one of `pdf_file` and `file_url`. Values are found by the names, types and \
                descriptions of the schema, and each is located in the document; if nothing \
                fits, `value` is null and `score` is 0."
        } else {
            "An older name of `POST /v2/extract`, with citations unless `enable_citations` is \
                false."
        })
        .once_only()
        .header("x-result-format", &json!({ "type": "string", "enum": FORMATS }), "The same as `result_format`.")
        .named_client()
        .takes(EXTRACTION.content(), true)
        .answer(200, "The job is created.", schemas.of::<ExtractCreated>())
        .faults(&Fault::SUBMIT)
        .curl(concat!(
            "curl \"$DOCKET_URL/v2/extract\" -H \"api-key: $DOCKET_API_KEY\" \\\n",
            "  -F pdf_file=@invoice.pdf -F enable_citations=true \\\n",
            "  -F 'schema_data={\"type\":\"object\",\"properties\":{\"invoice_number\":{\"type\":\"string\"},\"total\":{\"type\":\"number\"}}}'",
        ))
}

fn status(schemas: &mut Schemas) -> Operation {
    let format = json!({ "type": "string", "enum": FORMATS });
    Operation::new("get", "/extract/{job_id}", TAG, "getExtract", "Status and result of an extraction")
        .text(
            "A completed job has `result`: one entry per property of the schema, in the order \
                of the schema.",
        )
        .job_id()
        .query("result_format", &format, "The form of the values. Default: `result_format` of \
            the submit.")
        .header("x-result-format", &format, "The same, if the parameter is absent.")
        .query("include_url", &json!({ "type": "boolean", "default": false }), "True adds `file_url`.")
        .header("include-url", &json!({ "type": "boolean" }), "The same, if the parameter is \
            absent.")
        .answer(200, "The present state of the job, with its result.", schemas.of::<ExtractStatus<'_>>())
        .example(
            200,
            json!({
                "job_id": "0199b0f5-5a2c-7c3e-9d1b-2f6f0c1a7e44", "status": "completed",
                "file_name": "invoice.pdf",
                "created_at": "2026-11-24T10:30:00.000302+00:00",
                "updated_at": "2026-11-24T10:30:00.412907+00:00",
                "result": { "invoice_number": {
                    "value": "INV-2025-001", "score": 0.98, "page_no": 1,
                    "bboxes": [{
                        "bbox": [162.0, 121.3, 229.1, 132.4], "text": "INV-2025-001", "type": "ocr",
                        "confidence": 1.0, "page_width": 612.0, "page_height": 792.0,
                    }],
                    "citation": {
                        "bbox": [162.0, 121.3, 229.1, 132.4], "page": 1,
                        "page_width": 612.0, "page_height": 792.0,
                    },
                } },
                "metadata": {
                    "order": ["invoice_number"],
                    "schema": { "type": "object", "properties": { "invoice_number": { "type": "string" } } },
                    "page_count": 1, "min_confidence_score": 0.98,
                },
            }),
        )
        .faults(&[Fault::BadRequest, Fault::NotFound])
        .curl("curl \"$DOCKET_URL/extract/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}

fn chunking(schemas: &mut Schemas) -> Operation {
    Operation::new("post", "/chunking", TAG, "chunk", "Chunk a document's text for retrieval")
        .text(
            "Exactly one of `document_file` and `url`. The result is at `GET /jobs/{job_id}/result`. \
             Joined without overlap, the chunks are the text of the document.",
        )
        .once_only()
        .takes(CHUNKS.content(), true)
        .answer(200, "The job is created.", schemas.of::<ChunkingCreated>())
        .faults(&[Fault::BadRequest, Fault::QuotaExceeded, Fault::TooLarge, Fault::RateLimited])
        .curl("curl \"$DOCKET_URL/chunking\" -H \"api-key: $DOCKET_API_KEY\" -F document_file=@report.pdf -F strategy=heading")
}
