//! `/parse`.

use docket_contract::wire::parse::{ParseCreated, ParseStatus};
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;
use crate::forms::documents::{DocumentForm, PARSE, WORKBOOKS};

pub(crate) const TAG: &str = "Parse";

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let document = submit(
        &Submit {
            form: &PARSE,
            path: "/parse",
            id: "parse",
            summary: "Parse a document",
            text: "Exactly one of `file` and `url`. When the response arrives, document and job are \
                   durable. Costs one credit per page to read; the credits of failed and cancelled \
                   jobs are refunded.",
            curl: "curl \"$DOCKET_URL/parse\" -H \"api-key: $DOCKET_API_KEY\" -F file=@report.pdf",
        },
        schemas,
    );
    let workbook = submit(
        &Submit {
            form: &WORKBOOKS,
            path: "/parse/excel",
            id: "parseExcel",
            summary: "Parse a workbook",
            text: "Like `POST /parse`, for workbooks only; any other document is 400.",
            curl: "curl \"$DOCKET_URL/parse/excel\" -H \"api-key: $DOCKET_API_KEY\" -F file=@numbers.xlsx",
        },
        schemas,
    );
    vec![document, status(schemas), workbook]
}

/// How the submits of this family differ.
struct Submit {
    form: &'static DocumentForm,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    text: &'static str,
    curl: &'static str,
}

fn submit(submit: &Submit, schemas: &mut Schemas) -> Operation {
    Operation::new("post", submit.path, TAG, submit.id, submit.summary)
        .text(submit.text)
        .once_only()
        .takes(submit.form.content(), true)
        .answer(200, "The job is created.", schemas.of::<ParseCreated>())
        .example(200, created_example())
        .faults(&Fault::PARSE_SUBMIT)
        .fault(Fault::ParseInternal)
        .curl(submit.curl)
}

fn created_example() -> Value {
    json!({
        "job_id": "0199b0f5-5a2c-7c3e-9d1b-2f6f0c1a7e44", "status": "Starting",
        "file_name": "report.pdf", "created_at": "2026-11-24T10:30:00.000302Z",
        "message": "Task created successfully. Use GET /parse/{job_id} to check status and retrieve results.",
        "credit_used": 12, "quota_remaining": 999_988, "merge_tables": false,
    })
}

fn status(schemas: &mut Schemas) -> Operation {
    let mut operation = Operation::new(
        "get",
        "/parse/{job_id}",
        TAG,
        "getParse",
        "Status and result of a parse",
    )
    .text(
        "A `Succeeded` job has `chunks`, each with `embed` (Markdown) and its segments; each \
            segment has its type, texts, box and words. Boxes are in units of 1/144 inch from \
            the top left of the page as displayed, boxes of words relative to their segment. \
            Every option is a query parameter, and a header of the same name with dashes.",
    )
    .job_id();
    let flag = |default: bool| json!({ "type": "boolean", "default": default });
    let words = json!({ "type": "string" });
    for (name, dashed, schema, text) in [
        ("include_chunks", "include-chunks", flag(true), "False leaves out the chunks."),
        (
            "base64_urls",
            "base64-urls",
            flag(false),
            "True returns pictures as `data:` URLs instead of links.",
        ),
        ("include_url", "include-url", flag(true), "False sets the links to null."),
        (
            "output_file",
            "output-file",
            flag(false),
            "True returns a link to the result instead of the chunks.",
        ),
        (
            "merge_tables",
            "merge-tables",
            json!({ "type": "boolean" }),
            "Tables over several pages as one segment, or page by page. Default: `merge_tables` \
                of the submit.",
        ),
        (
            "enhanced_table",
            "enhanced-table",
            flag(false),
            "Needs a model, which this server does not have: no effect, reported in \
                `metadata.warnings`.",
        ),
        ("segment_filter", "segment-filter", words.clone(), "Only segments of these types."),
        ("keep_segment_types", "keep-segment-types", words, "Older name of `segment_filter`."),
    ] {
        operation = operation.query(name, &schema, text).header(
            dashed,
            &schema,
            "The same, if the parameter is absent.",
        );
    }
    operation
        .named_client()
        .answer(
            200,
            "The present state of the job, with its result.",
            schemas.of::<ParseStatus<'_>>(),
        )
        .faults(&[
            Fault::BadRequest,
            Fault::UnauthorizedOrText,
            Fault::ParseNotFound,
            Fault::ParseInternal,
        ])
        .curl("curl \"$DOCKET_URL/parse/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}
