//! `GET /jobs/{id}/result`: the family's own result, under both of its names.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use docket_contract::job::{Job, JobWithSpec};
use docket_contract::results::{ClassifyResult, ExtractResult, SplitPart, SplitResult};
use docket_contract::spec::JobSpec;
use docket_contract::wire::extract::{citations, min_score, values};
use docket_contract::wire::jobs::JobResult;
use docket_contract::wire::pages::{classification, split_result};
use docket_jobs::Linked;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::ServerState;
use crate::forms::specs::value_form;
use crate::problem::{Family, Problem, unreadable};
use crate::results::{Part, PictureForm, Pictures, StoredResult, Tables, json_body};
use crate::routes::links::Links;

/// The result of a job that succeeded.
pub(crate) async fn answer(
    state: ServerState,
    headers: &HeaderMap,
    JobWithSpec { job, spec }: JobWithSpec,
) -> Result<Response, Problem> {
    let links = Links::new(&state, headers).await?;
    if matches!(spec, JobSpec::Parse(_)) {
        let stored = StoredResult::open(&state, &job, Tables::AsStored).await?;
        let parts = parse_parts(&JobResult::new(&job, None), stored).map_err(unreadable)?;
        return Ok(json_body(Pictures { state, links, form: PictureForm::Linked }, parts));
    }
    let stored = state.jobs.result_of(&job).await;
    let stored =
        stored.map_err(|error| Problem::of_job(error, Family::Jobs, &job.id.to_string()))?;
    let body = whole_body(&job, &spec, &stored, &links).map_err(unreadable)?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// A parse under both of its names, each sent as it is stored.
fn parse_parts(body: &JobResult<'_>, stored: StoredResult) -> serde_json::Result<Vec<Part>> {
    let head = stored.head.before_chunks()?;
    let named = |before: &[u8], name: &str| {
        let text = [before, b",\"", name.as_bytes(), b"\":", &head].concat();
        Part::Text(text.into())
    };
    let body = serde_json::to_vec(body)?;
    Ok(vec![
        named(body.strip_suffix(b"}").unwrap_or(&body), "result"),
        Part::ChunksAndMore(Box::new(stored.clone())),
        named(b"}", "data"),
        Part::ChunksAndMore(Box::new(stored)),
        Part::Text(Bytes::from_static(b"}}")),
    ])
}

/// The body of every other family.
fn whole_body(
    job: &Job,
    spec: &JobSpec,
    stored: &[u8],
    links: &Links,
) -> serde_json::Result<Vec<u8>> {
    let with = |result: &RawValue| serde_json::to_vec(&JobResult::new(job, Some(result)));
    match spec {
        JobSpec::Parse(_) | JobSpec::Chunk(_) => with(serde_json::from_slice(stored)?),
        JobSpec::Extract(spec) => {
            let stored: ExtractResult = serde_json::from_slice(stored)?;
            let entries = values(&stored.fields, value_form(spec, None));
            let mut data = entries.clone();
            data.insert("min_confidence_score".to_owned(), json!(min_score(&stored.fields)));
            let result = to_raw_value(&Value::Object(entries))?;
            let data = to_raw_value(&Value::Object(data))?;
            let mut body = JobResult::new(job, Some(&result));
            body.data = Some(&data);
            body.citations = citations(&stored.fields);
            serde_json::to_vec(&body)
        }
        JobSpec::Classify(_) => {
            let stored: ClassifyResult = serde_json::from_slice(stored)?;
            with(&to_raw_value(&classification(&stored))?)
        }
        JobSpec::Split(_) => {
            let stored: SplitResult = serde_json::from_slice(stored)?;
            let link = |part: &SplitPart| Some(links.to(job.id, Linked::File(part.file_id)));
            with(&to_raw_value(&split_result(&stored, &link))?)
        }
    }
}
