//! `/parse`: submit, and the status document with its result.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use docket_contract::document::{SegmentType, Warning};
use docket_contract::fields::{read_boolean, segment_types};
use docket_contract::job::Job;
use docket_contract::spec::{ExportFormat, JobSpec, ParseSpec};
use docket_contract::state::JobState;
use docket_contract::wire::parse::{OutputFile, ParseCreated, ParseStatus};
use docket_jobs::{Caller, Linked};
use serde::Deserialize;

use crate::ServerState;
use crate::forms::body::Form;
use crate::forms::documents::{DocumentForm, PARSE, WORKBOOKS};
use crate::forms::specs::{parse_spec, workbook_spec};
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::results::{Part, PictureForm, Pictures, StoredResult, Tables, json_body, with_chunks};
use crate::routes::found::find;
use crate::routes::links::Links;
use crate::routes::path_id::PathId;
use crate::routes::submit::submit_document;

/// `POST /parse`
pub(crate) async fn submit(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<Json<ParseCreated>, Problem> {
    created(&state, caller, request, &PARSE, parse_spec).await
}

/// `POST /parse/excel`: the same for workbooks only, with options of their own.
pub(crate) async fn submit_workbook(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    request: Request,
) -> Result<Json<ParseCreated>, Problem> {
    created(&state, caller, request, &WORKBOOKS, workbook_spec).await
}

async fn created(
    state: &ServerState,
    caller: Caller,
    request: Request,
    form: &DocumentForm,
    read: fn(&Form) -> Result<ParseSpec, Problem>,
) -> Result<Json<ParseCreated>, Problem> {
    let spec = |form: &Form| Ok(JobSpec::Parse(read(form)?));
    let submitted = submit_document(state, caller, request, form, Family::Parse, spec).await?;
    let id = submitted.job.id.to_string();
    let spec = parse_spec_of(&submitted.spec, &id)?;
    Ok(Json(ParseCreated::new(&submitted.job, spec, submitted.balance.remaining())))
}

/// Options of the status document, as query parameters and as headers with dashes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StatusQuery {
    base64_urls: Option<String>,
    include_chunks: Option<String>,
    include_url: Option<String>,
    output_file: Option<String>,
    segment_filter: Option<String>,
    keep_segment_types: Option<String>,
    merge_tables: Option<String>,
    enhanced_table: Option<String>,
}

impl StatusQuery {
    /// The parameters, completed by the headers.
    fn or_headers(self, headers: &HeaderMap) -> Self {
        let header =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            base64_urls: self.base64_urls.or_else(|| header("base64-urls")),
            include_chunks: self.include_chunks.or_else(|| header("include-chunks")),
            include_url: self.include_url.or_else(|| header("include-url")),
            output_file: self.output_file.or_else(|| header("output-file")),
            segment_filter: self.segment_filter.or_else(|| header("segment-filter")),
            keep_segment_types: self.keep_segment_types.or_else(|| header("keep-segment-types")),
            merge_tables: self.merge_tables.or_else(|| header("merge-tables")),
            enhanced_table: self.enhanced_table.or_else(|| header("enhanced-table")),
        }
    }

    fn kept_types(&self) -> Option<Vec<SegmentType>> {
        let given = self.segment_filter.as_deref().or(self.keep_segment_types.as_deref());
        given.and_then(segment_types)
    }

    fn merges_tables(&self, spec: &ParseSpec) -> bool {
        switched(self.merge_tables.as_ref(), spec.merge_tables)
    }

    fn tables(&self, spec: &ParseSpec) -> Tables {
        if self.merges_tables(spec) == spec.merge_tables { Tables::AsStored } else { Tables::Other }
    }

    /// The chunks that the query wants. Of filtered ones the number is known once they are sent.
    fn chunks_of(&self, stored: StoredResult, body: &mut ParseStatus<'_>) -> Part {
        match self.kept_types() {
            None => Part::Chunks(Box::new(stored)),
            Some(kept) => {
                body.total_chunks = None;
                Part::Kept(Box::new(stored), kept)
            }
        }
    }

    /// Reports in the body how the query changes it.
    fn note_in(&self, body: &mut ParseStatus<'_>, spec: &ParseSpec) {
        body.merge_tables = self.merges_tables(spec);
        if let Some(kept) = self.kept_types() {
            body.metadata.narrow(&kept, spec);
        }
        if switched(self.enhanced_table.as_ref(), false) {
            body.metadata.warn(Warning::left_undone("enhanced_table"));
        }
    }
}

fn switched(option: Option<&String>, default: bool) -> bool {
    option.and_then(|text| read_boolean(text)).unwrap_or(default)
}

/// `GET /parse/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    Query(query): Query<StatusQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = query.or_headers(&headers);
    let (job, spec) = find(&state, &caller, Family::Parse, &id, JobSpec::into_parse).await?;
    let links = Links::new(&state, &headers).await?;
    let succeeded = job.state == JobState::Succeeded;
    let stored = match succeeded && switched(query.include_chunks.as_ref(), true) {
        true => Some(StoredResult::open(&state, &job, query.tables(&spec)).await?),
        false => None,
    };
    let mut body = ParseStatus::new(&job, &spec, stored.as_ref().map(|stored| &stored.head));
    query.note_in(&mut body, &spec);
    if succeeded && !spec.exports.is_empty() {
        body.exports = Some(exports(&links, &job, &spec.exports));
    }
    if switched(query.include_url.as_ref(), true) && job.document.blob_key.is_some() {
        let document = links.to(job.id, Linked::Document);
        body.pdf_url = succeeded.then(|| document.clone());
        body.file_url = Some(document);
    }
    let chunks = if succeeded && switched(query.output_file.as_ref(), false) {
        body.chunks = Some([]);
        body.total_chunks = Some(0);
        body.result = Some(OutputFile { output_file_url: links.to(job.id, Linked::Result) });
        None
    } else {
        stored.map(|stored| query.chunks_of(stored, &mut body))
    };
    let form = PictureForm::wanted(switched(query.base64_urls.as_ref(), false));
    let parts = with_chunks(&body, chunks, "}")?;
    Ok(json_body(Pictures { state, links, form }, parts))
}

/// Links to the files beside the result, by the words that asked for them.
fn exports(links: &Links, job: &Job, formats: &[ExportFormat]) -> BTreeMap<&'static str, String> {
    let link = |format: &ExportFormat| {
        let linked = format.file_id(job.id.uuid()).map_or(Linked::Result, Linked::File);
        (format.as_str(), links.to(job.id, linked))
    };
    formats.iter().map(link).collect()
}

/// A job of another family is unknown here.
pub(crate) fn parse_spec_of<'a>(spec: &'a JobSpec, id: &str) -> Result<&'a ParseSpec, Problem> {
    match spec {
        JobSpec::Parse(spec) => Ok(spec),
        _ => Err(Problem::no_such_job(Family::Parse, id)),
    }
}
