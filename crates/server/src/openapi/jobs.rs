//! `/jobs`.

use docket_contract::job::JobType;
use docket_contract::state::JobsWord;
use docket_contract::wire::jobs::{JobDeleted, JobDocument, JobList, JobResult};
use serde_json::json;

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;

pub(crate) const TAG: &str = "Jobs";

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        status(schemas),
        events("/jobs/{job_id}/events", "watchJob", "Changes of a job")
            .job_id()
            .answer_as(
                204,
                "The job has ended and the client has received its last change.",
                json!(null),
            )
            .fault(Fault::NotFound),
        events("/events", "watchJobs", "Changes of all jobs"),
        result("/jobs/{job_id}/result", "getJobResult", schemas),
        end(schemas),
        list(schemas),
        lowercase_status(schemas),
        result("/jobs/{job_id}/results", "getJobResults", schemas).deprecated(),
    ]
}

fn status(schemas: &mut Schemas) -> Operation {
    Operation::new("get", "/jobs/{job_id}", TAG, "getJob", "Status of a job")
        .text(
            "A job of any type, from its submit on. Reads cost no credits and have no rate \
                limit. A status never goes backwards; when it is `COMPLETED`, the result can be \
                read. The response has the job's version as `ETag`, an unfinished job \
                `Retry-After`, a waiting job `X-Queue-Position`.",
        )
        .job_id()
        .query(
            "wait",
            &json!({ "type": "number", "minimum": 0, "maximum": 30 }),
            "Holds the response for at most this many seconds, until the job changes or ends: \
                until its version differs from the one in `If-None-Match`, or without that \
                header from the present one.",
        )
        .header("If-None-Match", &json!({ "type": "string" }), "Entity tags that the client \
            already has.")
        .header("Prefer", &json!({ "type": "string" }), "`wait=SECONDS` is the same as the \
            parameter `wait`.")
        .answer(200, "The present state of the job.", schemas.of::<JobDocument>())
        .example(
            200,
            json!({
                "id": "0199b0f5-5a2c-7c3e-9d1b-2f6f0c1a7e44",
                "job_id": "0199b0f5-5a2c-7c3e-9d1b-2f6f0c1a7e44",
                "status": "PROCESSING", "type": "parsing",
                "created_at": "2026-11-24T10:30:00.000Z", "updated_at": "2026-11-24T10:30:00.412Z",
                "pdf_name": "report.pdf",
                "pdf_hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "user_id": "default", "message": "Processing: 3 of 12 pages done",
            }),
        )
        .answer_as(304, "The client already has this version.", json!(null))
        .faults(&[Fault::BadRequest, Fault::NotFound])
        .curl("curl \"$DOCKET_URL/jobs/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}

/// A stream of events; its command shows the path as it stands in the shell.
fn events(path: &'static str, id: &str, summary: &str) -> Operation {
    let seq = json!({ "type": "integer", "minimum": 0 });
    let shell_path = path.replace("{job_id}", "$JOB_ID");
    let stream = json!({ "text/event-stream": { "schema": { "type": "string" } } });
    Operation::new("get", path, TAG, id, summary)
        .text(
            "Server-sent events: `status` with the job's id, status, version and finished pages \
                as JSON, `deleted` for a deleted job. The stream of one job begins with its \
                latest change and ends with the job; the stream of the account begins now. \
                Events after the id in `Last-Event-ID` are replayed.",
        )
        .header("Last-Event-ID", &seq, "The id of the last event that the client received.")
        .query("last_event_id", &seq, "The same, for clients that cannot set headers.")
        .answer_as(200, "The stream.", stream)
        .fault(Fault::BadRequest)
        .curl(&format!("curl -N \"$DOCKET_URL{shell_path}\" -H \"api-key: $DOCKET_API_KEY\""))
}

fn result(path: &'static str, id: &str, schemas: &mut Schemas) -> Operation {
    Operation::new("get", path, TAG, id, "Result of a job")
        .text(
            "The result, as `result` and, for older programs, as `data`. 400 before the job has \
                ended; 500 with the reason if it failed.",
        )
        .job_id()
        .answer(200, "The result.", schemas.of::<JobResult<'_>>())
        .faults(&[Fault::BadRequest, Fault::NotFound, Fault::JobFailed])
        .curl("curl \"$DOCKET_URL/jobs/$JOB_ID/result\" -H \"api-key: $DOCKET_API_KEY\"")
}

/// The status document with the words in lower case, as one old page of the service has it.
fn lowercase_status(schemas: &mut Schemas) -> Operation {
    let mut document = schemas.whole::<JobDocument>();
    document["properties"]["status"] =
        json!({ "type": "string", "enum": ["queued", "processing", "completed", "failed"] });
    Operation::new("get", "/jobs/{job_id}/status", TAG, "getJobStatus", "Status in lower case")
        .deprecated()
        .text("An older form of `GET /jobs/{job_id}`, with status words in lower case.")
        .job_id()
        .answer(200, "The present state of the job.", document)
        .fault(Fault::NotFound)
}

fn end(schemas: &mut Schemas) -> Operation {
    Operation::new("delete", "/jobs/{job_id}", TAG, "endJob", "Cancel or delete a job")
        .text(
            "Cancels a job that has not ended and refunds its credits; deletes a job that has \
                ended, with its document and result.",
        )
        .job_id()
        .answer(200, "The result of the operation.", schemas.of::<JobDeleted>())
        .fault(Fault::NotFound)
        .curl("curl -X DELETE \"$DOCKET_URL/jobs/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}

fn list(schemas: &mut Schemas) -> Operation {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 });
    Operation::new("get", "/jobs", TAG, "listJobs", "Jobs of the account")
        .text(
            "Newest first. Send `next_cursor` as `cursor` to get the next page; the last page \
            has none.",
        )
        .query("limit", &limit, "Jobs on one page.")
        .query("cursor", &json!({ "type": "string" }), "`next_cursor` of the previous page.")
        .query("status", &schemas.of::<JobsWord>(), "Only jobs with this status.")
        .query("type", &schemas.of::<JobType>(), "Only jobs of this type.")
        .answer(200, "A page of jobs.", schemas.of::<JobList>())
        .fault(Fault::BadRequest)
        .curl("curl \"$DOCKET_URL/jobs?status=FAILED&limit=10\" -H \"api-key: $DOCKET_API_KEY\"")
}
