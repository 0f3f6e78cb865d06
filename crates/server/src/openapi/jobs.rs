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
            .answer_as(204, "The job has ended and the client has its last change.", json!(null))
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
            "A job of any kind, right after its submit and as often as you like: reading consumes \
             nothing and is never limited. A status never goes backwards, and when it is \
             `COMPLETED` the result can be read. The answer has the job's version as `ETag`; an \
             unfinished job has `Retry-After`, one that waits for its start `X-Queue-Position`.",
        )
        .job_id()
        .query(
            "wait",
            &json!({ "type": "number", "minimum": 0, "maximum": 30 }),
            "Seconds that the answer may be held until the job has another version than the one in \
             `If-None-Match` (without it, than it has now), or has ended.",
        )
        .header("If-None-Match", &json!({ "type": "string" }), "Entity tags that the client has.")
        .header("Prefer", &json!({ "type": "string" }), "`wait=SECONDS` asks as `wait` does.")
        .answer(200, "The job as it stands.", schemas.of::<JobDocument>())
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
        .answer_as(304, "The client has it already.", json!(null))
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
            "Server-sent events: `status` with the job's id, word, version and pages done as JSON, \
             `deleted` when it is gone. Of one job first its latest change, then each until its \
             end; of the account what happens from now on. What came after the id in \
             `Last-Event-ID` is replayed.",
        )
        .header("Last-Event-ID", &seq, "The id of the last event that the client has.")
        .query("last_event_id", &seq, "The same, for clients that cannot set headers.")
        .answer_as(200, "The stream.", stream)
        .fault(Fault::BadRequest)
        .curl(&format!("curl -N \"$DOCKET_URL{shell_path}\" -H \"api-key: $DOCKET_API_KEY\""))
}

fn result(path: &'static str, id: &str, schemas: &mut Schemas) -> Operation {
    Operation::new("get", path, TAG, id, "Result of a job")
        .text(
            "What the job found, under `result` and, for older programs, under `data`. Before the \
             end it is 400, of a failed job 500 with the reason.",
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
        .text("An older form of `GET /jobs/{job_id}`, with the words in lower case.")
        .job_id()
        .answer(200, "The job as it stands.", document)
        .fault(Fault::NotFound)
}

fn end(schemas: &mut Schemas) -> Operation {
    Operation::new("delete", "/jobs/{job_id}", TAG, "endJob", "Cancel or delete a job")
        .text(
            "Cancels a job that has not ended and refunds its credits; deletes one that has, with \
             its document and result.",
        )
        .job_id()
        .answer(200, "What was done.", schemas.of::<JobDeleted>())
        .fault(Fault::NotFound)
        .curl("curl -X DELETE \"$DOCKET_URL/jobs/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}

fn list(schemas: &mut Schemas) -> Operation {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 });
    Operation::new("get", "/jobs", TAG, "listJobs", "Jobs of the account")
        .text("Newest first. `next_cursor`, sent as `cursor`, gives the next page; the last has none.")
        .query("limit", &limit, "Jobs on one page.")
        .query("cursor", &json!({ "type": "string" }), "Where to go on: the last answer's `next_cursor`.")
        .query("status", &schemas.of::<JobsWord>(), "Only jobs with this word.")
        .query("type", &schemas.of::<JobType>(), "Only jobs of this kind.")
        .answer(200, "A page of jobs.", schemas.of::<JobList>())
        .fault(Fault::BadRequest)
        .curl("curl \"$DOCKET_URL/jobs?status=FAILED&limit=10\" -H \"api-key: $DOCKET_API_KEY\"")
}
