//! `/classify` and `/splitter`.

use docket_contract::shapes::created::PagesCreated;
use docket_contract::wire::pages::{ClassifyStatus, SplitStatus};
use serde_json::json;

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;
use crate::forms::documents::{CLASSIFICATION, SPLITTING};

pub(crate) const TAG: &str = "Classify and split";

const CLASSIFY_CURL: &str = concat!(
    "curl \"$DOCKET_URL/classify\" -H \"api-key: $DOCKET_API_KEY\" -F pdf_file=@scan.pdf \\\n",
    "  -F 'categories=[{\"name\":\"Invoice\",\"description\":\"Bills with amounts due\"},{\"name\":\"Contract\"}]'",
);
const SPLIT_CURL: &str = concat!(
    "curl \"$DOCKET_URL/splitter\" -H \"api-key: $DOCKET_API_KEY\" -F file=@bundle.pdf \\\n",
    "  -F 'categories=[\"Invoice\",\"Contract\"]'",
);

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation::new("post", "/classify", TAG, "classify", "Classify a document")
            .text("Exactly one of `pdf_file` and `file_url`.")
            .once_only()
            .takes(CLASSIFICATION.content(), true)
            .answer(202, "The job is created.", schemas.of::<PagesCreated>())
            .faults(&Fault::SUBMIT)
            .curl(CLASSIFY_CURL),
        Operation::new(
            "get",
            "/classify/{job_id}",
            TAG,
            "getClassify",
            "Status and result of a classification",
        )
        .text("The category of the document and of each page, with confidences.")
        .job_id()
        .answer(
            200,
            "The present state of the job, with its result.",
            schemas.of::<ClassifyStatus>(),
        )
        .fault(Fault::NotFound)
        .curl("curl \"$DOCKET_URL/classify/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\""),
        Operation::new("post", "/splitter", TAG, "split", "Split a PDF by category")
            .text("Exactly one of `file` and `file_url`; PDFs only.")
            .once_only()
            .takes(SPLITTING.content(), true)
            .answer(202, "The job is created.", schemas.of::<PagesCreated>())
            .faults(&Fault::SUBMIT)
            .curl(SPLIT_CURL),
        Operation::new(
            "get",
            "/splitter/{job_id}",
            TAG,
            "getSplit",
            "Status and result of a split",
        )
        .text(
            "One PDF per category that has pages, behind a signed link; `splits` lists the pages. \
                 Every page of the document is in exactly one file.",
        )
        .job_id()
        .query(
            "include_url",
            &json!({ "type": "boolean", "default": true }),
            "False leaves out the links.",
        )
        .header(
            "include-url",
            &json!({ "type": "boolean" }),
            "The same, if the parameter is absent.",
        )
        .answer(
            200,
            "The present state of the job, with its result.",
            schemas.of::<SplitStatus<'_>>(),
        )
        .faults(&[Fault::BadRequest, Fault::NotFound])
        .curl("curl \"$DOCKET_URL/splitter/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\""),
    ]
}
