//! `/api/v1/task`: parse jobs in the older service's shape.

use docket_contract::wire::tasks::{TaskDeleted, TaskResponse};
use serde_json::{Value, json};

use super::fault::Fault;
use super::form::JsonField;
use super::operation::Operation;
use super::schemas::Schemas;
use crate::forms::documents::{RERUN, TASK};

pub(crate) const TAG: &str = "Tasks";

const DOCUMENT: &[JsonField] = &[
    JsonField { name: "file", doc: TASK.file_doc, required: true },
    JsonField { name: "file_name", doc: "The document's name.", required: false },
];

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation::new("post", "/api/v1/task/parse", TAG, "createTask", "Parse, as a task")
            .text("Like `POST /parse`, with the document in the JSON body.")
            .once_only()
            .takes_json(TASK.json(DOCUMENT), true)
            .answer(201, "The task is created.", schemas.of::<TaskResponse<'_>>())
            .faults(&Fault::PARSE_SUBMIT)
            .fault(Fault::ParseInternal)
            .curl("curl \"$DOCKET_URL/api/v1/task/parse\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"file\":\"https://example.org/report.pdf\"}'"),
        status(schemas),
        list(schemas),
        update(schemas),
        of_task("get", "/api/v1/task/{job_id}/cancel", "cancelTask", "Cancel a task")
            .text("Only a task that has not started; otherwise 400.")
            .answer(200, "The task, cancelled.", schemas.of::<TaskResponse<'_>>())
            .curl("curl \"$DOCKET_URL/api/v1/task/$JOB_ID/cancel\" -H \"api-key: $DOCKET_API_KEY\""),
        of_task("delete", "/api/v1/task/{job_id}", "deleteTask", "Delete a task")
            .text("Only a task that has ended; otherwise 400.")
            .answer(200, "The result of the operation.", schemas.of::<TaskDeleted>())
            .curl("curl -X DELETE \"$DOCKET_URL/api/v1/task/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\""),
    ]
}

/// An operation on one task.
fn of_task(method: &'static str, path: &'static str, id: &str, summary: &str) -> Operation {
    Operation::new(method, path, TAG, id, summary).job_id().faults(&[
        Fault::BadRequest,
        Fault::ParseNotFound,
        Fault::ParseInternal,
    ])
}

fn flag(default: bool) -> Value {
    json!({ "type": "boolean", "default": default })
}

fn status(schemas: &mut Schemas) -> Operation {
    of_task("get", "/api/v1/task/{job_id}", "getTask", "Status and result of a task")
        .text("A task is the parse job with the same id.")
        .query("include_chunks", &flag(true), "False leaves out the chunks.")
        .query(
            "output_file",
            &flag(false),
            "True returns a link to the result instead of the chunks.",
        )
        .query("base64_urls", &flag(false), "True returns pictures instead of links.")
        .answer(200, "The present state of the task.", schemas.of::<TaskResponse<'_>>())
        .curl("curl \"$DOCKET_URL/api/v1/task/$JOB_ID\" -H \"api-key: $DOCKET_API_KEY\"")
}

fn list(schemas: &mut Schemas) -> Operation {
    let page = json!({ "type": "integer", "minimum": 1, "default": 1 });
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 10 });
    let time = json!({ "anyOf": [
        { "type": "string", "format": "date-time" },
        { "type": "string", "format": "date" },
    ] });
    let task = schemas.of::<TaskResponse<'_>>();
    Operation::new("get", "/api/v1/tasks", TAG, "listTasks", "Tasks of the account")
        .text("A bare array, newest first.")
        .query("page", &page, "Which page.")
        .query("limit", &limit, "Tasks on one page.")
        .query(
            "start",
            &time,
            "Only tasks created at this time or later; a day means its \
            beginning.",
        )
        .query("end", &time, "Only tasks created until this time; a day means its end.")
        .query("include_chunks", &flag(false), "True returns each task with its chunks.")
        .query("base64_urls", &flag(false), "Accepted for compatibility; no effect.")
        .answer(200, "The tasks.", json!({ "type": "array", "items": task }))
        .faults(&[Fault::BadRequest, Fault::ParseInternal])
        .curl("curl \"$DOCKET_URL/api/v1/tasks?limit=5\" -H \"api-key: $DOCKET_API_KEY\"")
}

fn update(schemas: &mut Schemas) -> Operation {
    of_task("patch", "/api/v1/task/{job_id}/parse", "updateTask", "Parse again")
        .text(
            "Only a task that succeeded or failed. It returns to the queue; the options of this \
                request override the earlier ones.",
        )
        .takes_json(RERUN.json(&[]), false)
        .answer(200, "The task, waiting again.", schemas.of::<TaskResponse<'_>>())
        .faults(&Fault::PARSE_SUBMIT)
        .curl("curl -X PATCH \"$DOCKET_URL/api/v1/task/$JOB_ID/parse\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"merge_tables\":true}'")
}
