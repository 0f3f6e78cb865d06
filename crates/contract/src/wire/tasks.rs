//! The bodies of `/api/v1/task`: a parse job in the older service's shape.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::Chunk;
use crate::job::Job;
use crate::shapes::ParseConfiguration;
use crate::spec::ParseSpec;
use crate::state::ParseWord;
use crate::stored::Head;
use crate::timestamp::parse_look;
use crate::wire::parse::{ParseMetadata, ParseStatus};

/// `GET /api/v1/task/{id}`, and the response when a task is created, changed or cancelled.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TaskResponse<'a> {
    /// The job's id.
    pub task_id: String,
    /// The status word of `/parse`.
    #[schemars(with = "ParseWord")]
    pub status: &'static str,
    /// When it was submitted.
    pub created_at: String,
    /// When it was first claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// When it will be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The address of this task; needs a key.
    pub task_url: String,
    /// A short text for people; the reason of a failure.
    pub message: String,
    /// All options in effect, under the old and the new names.
    #[schemars(with = "ParseConfiguration")]
    pub configuration: Map<String, Value>,
    /// The result of a task that succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<TaskOutput<'a>>,
}

/// The result of a task.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TaskOutput<'a> {
    /// The document's name.
    pub file_name: &'a str,
    /// Pages of the whole document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<i32>,
    /// A link to the document.
    pub pdf_url: Option<String>,
    /// What went wrong without failing the task.
    pub metadata: ParseMetadata,
    /// A link to the stored result, if it was requested as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file_url: Option<String>,
    /// The chunks; empty if not requested, or requested as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Chunk>")]
    pub chunks: Option<[(); 0]>,
}

/// The links of a task.
#[derive(Clone, Debug, Default)]
pub struct TaskLinks {
    /// To the task itself.
    pub task_url: String,
    /// To the document.
    pub pdf_url: Option<String>,
    /// To the stored result, if it is wanted as a file.
    pub output_file_url: Option<String>,
}

impl<'a> TaskResponse<'a> {
    /// Describes a job; `result` is the head of its stored result, if it is to be sent. The chunks
    /// are added while the body is sent: `output` and `chunks` come last.
    #[must_use]
    pub fn new(job: &'a Job, spec: &ParseSpec, result: Option<&Head>, links: TaskLinks) -> Self {
        let parse = ParseStatus::new(job, spec, result);
        let output = result.is_some() || job.result_key.is_some();
        Self {
            task_id: parse.job_id,
            status: parse.status,
            created_at: parse.created_at,
            started_at: parse.started_at,
            finished_at: parse.finished_at,
            expires_at: job.expires_at.map(parse_look),
            task_url: links.task_url,
            message: parse.message,
            configuration: parse.configuration,
            output: output.then(|| TaskOutput {
                file_name: parse.file_name,
                page_count: parse.page_count,
                pdf_url: links.pdf_url,
                metadata: parse.metadata,
                output_file_url: links.output_file_url,
                chunks: result.is_none().then_some([]),
            }),
        }
    }
}

/// `DELETE /api/v1/task/{id}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskDeleted {
    /// The job's id.
    pub task_id: String,
    /// The status that it had.
    #[schemars(with = "ParseWord")]
    pub status: String,
    /// The result of the operation.
    pub message: String,
}
