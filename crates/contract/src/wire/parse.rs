//! The bodies of `/parse`: the answer to a submit and the status document with its result.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::citations::Bibliography;
use crate::document::{Chunk, PageCoverage, SegmentType, Warning};
use crate::fields;
use crate::job::Job;
use crate::shapes::ParseConfiguration;
use crate::spec::ParseSpec;
use crate::state::{JobState, ParseWord};
use crate::stored::Head;
use crate::timestamp::parse_look;
use crate::wire::jobs::error_text;

/// The response of `POST /parse`: always all eight keys, none of them null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParseCreated {
    /// The job's id.
    pub job_id: String,
    /// `Starting`
    #[schemars(with = "ParseWord")]
    pub status: String,
    /// The document's name.
    pub file_name: String,
    /// When it was submitted, in microseconds.
    pub created_at: String,
    /// A message for people.
    pub message: String,
    /// Credits charged: one per page.
    pub credit_used: i64,
    /// The balance after it.
    pub quota_remaining: i64,
    /// Echo of the request.
    pub merge_tables: bool,
}

impl ParseCreated {
    /// Describes a job just made.
    #[must_use]
    pub fn new(job: &Job, spec: &ParseSpec, quota_remaining: i64) -> Self {
        Self {
            job_id: job.id.to_string(),
            status: JobState::Queued.parse_word().to_owned(),
            file_name: job.document.name.clone(),
            created_at: parse_look(job.created_at),
            message: "Task created successfully. Use GET /parse/{job_id} to check status and retrieve results."
                .to_owned(),
            credit_used: job.credits,
            quota_remaining,
            merge_tables: spec.merge_tables,
        }
    }
}

/// `GET /parse/{id}`. Keys without a value are absent, except those that are null by contract.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ParseStatus<'a> {
    /// The job's id.
    pub job_id: String,
    /// The same value.
    pub id: String,
    /// The status word of this family.
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
    /// The document's name.
    pub file_name: &'a str,
    /// The document's media type.
    pub file_type: &'a str,
    /// A link to the uploaded bytes; null before they have arrived, or with `include_url=false`.
    pub file_url: Option<String>,
    /// A link to the document, once the job succeeded; null with `include_url=false`.
    pub pdf_url: Option<String>,
    /// Pages of the whole document, once known and started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<i32>,
    /// Credits charged and not refunded.
    pub credit_used: i64,
    /// Echo of the request.
    pub merge_tables: bool,
    /// A short text for people; the reason of a failure.
    pub message: String,
    /// The reason of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// All options in effect, under the old and the new names.
    #[schemars(with = "ParseConfiguration")]
    pub configuration: Map<String, Value>,
    /// The filter in effect, and what went wrong without failing the job.
    pub metadata: ParseMetadata,
    /// Number of entries of `chunks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_chunks: Option<usize>,
    /// The result; empty if it was requested as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Chunk>")]
    pub chunks: Option<[(); 0]>,
    /// Links to the files requested with `export_format`, by format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exports: Option<BTreeMap<&'static str, String>>,
    /// A link to the result, if it was requested as a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<OutputFile>,
}

/// The result as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OutputFile {
    /// A signed link.
    pub output_file_url: String,
}

/// The object `metadata` of a parse.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParseMetadata {
    /// `all` or a comma list.
    pub keep_segment_types: String,
    /// What went wrong without failing the job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Pages that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_pages: Vec<usize>,
    /// How much of each page is in the segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<PageCoverage>,
    /// What the document says of itself and of its sources, with `xml_citation`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub bibliography: Option<Bibliography>,
}

impl ParseMetadata {
    /// Reports the types that a response has, of those that the job kept.
    pub fn narrow(&mut self, kept: &[SegmentType], spec: &ParseSpec) {
        let of_job = |kind: &SegmentType| {
            spec.keep_segment_types.as_ref().is_none_or(|kinds| kinds.contains(kind))
        };
        self.keep_segment_types = names(&mut kept.iter().copied().filter(of_job));
    }

    /// Adds a warning that is not there.
    pub fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

impl<'a> ParseStatus<'a> {
    /// Describes a job; `result` is the head of its stored result, if it is to be sent. The chunks
    /// are added while the body is sent.
    #[must_use]
    pub fn new(job: &'a Job, spec: &ParseSpec, result: Option<&Head>) -> Self {
        let state = job.visible_state();
        let started = !matches!(state, JobState::AwaitingUpload | JobState::Queued);
        let page_count = job.pages.total.filter(|_| started);
        Self {
            job_id: job.id.to_string(),
            id: job.id.to_string(),
            status: job.parse_word(),
            created_at: parse_look(job.created_at),
            started_at: job.started_at.filter(|_| started).map(parse_look),
            finished_at: job.finished_at.map(parse_look),
            file_name: &job.document.name,
            file_type: &job.document.media_type,
            file_url: None,
            pdf_url: None,
            page_count: result
                .map(|r| i32::try_from(r.page_count).unwrap_or(i32::MAX))
                .or(page_count),
            credit_used: job.credits,
            merge_tables: spec.merge_tables,
            message: message(job),
            error: error_text(job),
            configuration: fields::echo(spec),
            metadata: ParseMetadata {
                keep_segment_types: kept_types(spec),
                warnings: result.map(|r| r.warnings.clone()).unwrap_or_default(),
                failed_pages: result.map(|r| r.failed_pages.clone()).unwrap_or_default(),
                coverage: result.map(|r| r.coverage.clone()).unwrap_or_default(),
                bibliography: result.and_then(|r| r.bibliography.clone()),
            },
            total_chunks: result.map(|r| r.total_chunks),
            chunks: None,
            exports: None,
            result: None,
        }
    }
}

fn message(job: &Job) -> String {
    match job.visible_state() {
        JobState::Succeeded => "Task succeeded".to_owned(),
        _ => error_text(job).unwrap_or_else(|| super::jobs::message(job)),
    }
}

/// `all`, or the names of the types that the job keeps.
fn kept_types(spec: &ParseSpec) -> String {
    match &spec.keep_segment_types {
        None => "all".to_owned(),
        Some(kinds) => names(&mut kinds.iter().copied()),
    }
}

fn names(kinds: &mut dyn Iterator<Item = SegmentType>) -> String {
    kinds.map(SegmentType::as_str).collect::<Vec<_>>().join(",")
}
