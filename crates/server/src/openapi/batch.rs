//! `/batch`.

use docket_contract::shapes::created::BatchCreated;
use docket_contract::wire::batch::BatchStatus;

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;
use crate::forms::documents::BATCHES;

pub(crate) const TAG: &str = "Batch";

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation::new("post", "/batch/cite", TAG, "batchExtract", "Extract from many documents")
            .text("Either all files become jobs, or none. Values have citations unless \
                `enable_citations` is false.")
            .once_only()
            .takes(BATCHES.files_content(), true)
            .answer(200, "The jobs are created.", schemas.of::<BatchCreated>())
            .faults(&Fault::SUBMIT)
            .curl(concat!(
                "curl \"$DOCKET_URL/batch/cite\" -H \"api-key: $DOCKET_API_KEY\" \\\n",
                "  -F pdf_files=@a.pdf -F pdf_files=@b.pdf \\\n",
                "  -F 'schema_data={\"type\":\"object\",\"properties\":{\"total\":{\"type\":\"number\"}}}'",
            )),
        Operation::new("get", "/batch/status/{batch_id}", TAG, "getBatch", "Status of a batch")
            .text(
                "The counters, and each job with its file, status and error. Every job is a \
                    separate extraction; `GET /extract/{job_id}` has its result.",
            )
            .path_text("batch_id", "The batch's id: `batch_` and a UUID.")
            .answer(200, "The present state of the batch.", schemas.of::<BatchStatus>())
            .fault(Fault::NotFound)
            .curl("curl \"$DOCKET_URL/batch/status/$BATCH_ID\" -H \"api-key: $DOCKET_API_KEY\""),
    ]
}
