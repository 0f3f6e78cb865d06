//! `/batch`.

use docket_contract::shapes::created::BatchCreated;
use docket_contract::wire::batch::BatchStatus;

use super::extract::{OPTIONS, SCHEMA};
use super::fault::Fault;
use super::form::{Field, files_content, integer, text};
use super::operation::Operation;
use super::schemas::Schemas;

pub(crate) const TAG: &str = "Batch";

const BATCH: &[Field] = &[
    integer(
        "batch_size",
        1,
        "Checked, otherwise free: every file is a job of its own in the common queue.",
    ),
    text("password", "Opens encrypted documents; wiped when the jobs end."),
];

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let form =
        files_content("pdf_files", "The documents, once per file.", SCHEMA, &[OPTIONS, BATCH]);
    vec![
        Operation::new("post", "/batch/cite", TAG, "batchExtract", "Extract from many documents")
            .text("All files become jobs, or none. Values are cited unless `enable_citations` is false.")
            .once_only()
            .takes(form, true)
            .answer(200, "The jobs were made.", schemas.of::<BatchCreated>())
            .faults(&Fault::SUBMIT)
            .curl(concat!(
                "curl \"$DOCKET_URL/batch/cite\" -H \"api-key: $DOCKET_API_KEY\" \\\n",
                "  -F pdf_files=@a.pdf -F pdf_files=@b.pdf \\\n",
                "  -F 'schema_data={\"type\":\"object\",\"properties\":{\"total\":{\"type\":\"number\"}}}'",
            )),
        Operation::new("get", "/batch/status/{batch_id}", TAG, "getBatch", "Status of a batch")
            .text(
                "The counters, and each job with its file, status and error. Every job is an \
                 extraction of its own: `GET /extract/{job_id}` has its result.",
            )
            .path_text("batch_id", "The batch's id: `batch_` and a UUID.")
            .answer(200, "The batch as it stands.", schemas.of::<BatchStatus>())
            .fault(Fault::NotFound)
            .curl("curl \"$DOCKET_URL/batch/status/$BATCH_ID\" -H \"api-key: $DOCKET_API_KEY\""),
    ]
}
