//! `/jobs`: status, list, result, and the end of a job of any family.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use docket_contract::job::JobType;
use docket_contract::state::JobsWord;
use docket_contract::timestamp::Timestamp;
use docket_contract::wire::jobs::{JobDeleted, JobDocument, JobList};
use docket_jobs::{Ended, ListPlace, ListRequest};
use serde::Deserialize;

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::path_id::{PathId, job_id};
use crate::routes::result;

/// Jobs on one page of a list.
const LIST_DEFAULT: usize = 50;
const LIST_MAX: usize = 200;

/// `GET /jobs/{id}/status`: an older form of the same, with its words in lower case.
pub(crate) async fn lowercase_status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<JobDocument>, Problem> {
    let found = state.jobs.find(&caller, job_id(Family::Jobs, &id)?).await;
    let job = found.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    let mut document = JobDocument::from(&job);
    document.status.make_ascii_lowercase();
    Ok(Json(document))
}

/// `GET /jobs/{id}/result`
pub(crate) async fn result(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job_id = job_id(Family::Jobs, &id)?;
    let found = state.jobs.find_succeeded(&caller, job_id).await;
    let found = found.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    result::answer(state, &headers, found).await
}

/// `DELETE /jobs/{id}`: cancels what has not ended, deletes what has.
pub(crate) async fn end(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<JobDeleted>, Problem> {
    let job_id = job_id(Family::Jobs, &id)?;
    let ended = state.jobs.cancel_or_delete(&caller, job_id).await;
    let (job, message) = match ended.map_err(|error| Problem::of_job(error, Family::Jobs, &id))? {
        Ended::Cancelled(job) => (job, "Job was cancelled"),
        Ended::Deleted(job) => (job, "Job and its files were deleted"),
    };
    Ok(Json(JobDeleted {
        id: job.id.to_string(),
        job_id: job.id.to_string(),
        status: job.visible_state().jobs_word().to_owned(),
        message: message.to_owned(),
    }))
}

/// The query of a list; all fields are texts, so that errors have our own wording.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    limit: Option<String>,
    cursor: Option<String>,
    status: Option<String>,
    #[serde(rename = "type")]
    job_type: Option<String>,
}

/// `GET /jobs`: the caller's own, newest first.
pub(crate) async fn list(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    Query(query): Query<ListQuery>,
) -> Result<Json<JobList>, Problem> {
    let page = state.jobs.list(&caller, list_request(&query)?).await;
    let page = page.map_err(|error| Problem::of(error, Family::Jobs))?;
    let next = page.jobs.last().filter(|_| page.more).map(|job| place_cursor(job.into()));
    Ok(Json(JobList { jobs: page.jobs.iter().map(JobDocument::from).collect(), next_cursor: next }))
}

fn list_request(query: &ListQuery) -> Result<ListRequest, Problem> {
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
    };
    let limit = match given(&query.limit) {
        None => LIST_DEFAULT,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=LIST_MAX) => limit,
            _ => return Err(Problem::bad_request("limit must be a number from 1 to 200")),
        },
    };
    let status = match given(&query.status) {
        None => None,
        Some(word) => Some(JobsWord::from_wire(&word).ok_or_else(|| {
            Problem::bad_request("status must be one of queued, PROCESSING, COMPLETED, FAILED")
        })?),
    };
    let job_type = match given(&query.job_type) {
        None => None,
        Some(word) => Some(JobType::from_word(&word).ok_or_else(|| {
            let words: Vec<&str> = JobType::ALL.iter().map(|kind| kind.as_str()).collect();
            Problem::bad_request(&format!("type must be one of {}", words.join(", ")))
        })?),
    };
    let before = match given(&query.cursor) {
        None => None,
        Some(text) => Some(
            read_place_cursor(&text)
                .ok_or_else(|| Problem::bad_request("cursor is not one of ours"))?,
        ),
    };
    Ok(ListRequest { status, job_type, before, limit, ..ListRequest::default() })
}

/// Where the next page of a list of jobs begins.
pub(crate) fn place_cursor(place: ListPlace) -> String {
    format!("c{:x}.{:x}", place.created_at.timestamp_micros(), place.seq)
}

/// Reads it back.
pub(crate) fn read_place_cursor(text: &str) -> Option<ListPlace> {
    let (created_us, seq) = text.strip_prefix('c')?.split_once('.')?;
    let created_at = Timestamp::from_timestamp_micros(read_number(created_us)?)?;
    Some(ListPlace { created_at, seq: read_number(seq)? })
}

/// Where the next page of a list in the order of `seq` begins.
pub(crate) fn cursor(seq: i64) -> String {
    format!("c{seq:x}")
}

/// Reads it back.
pub(crate) fn read_cursor(text: &str) -> Option<i64> {
    read_number(text.strip_prefix('c')?)
}

fn read_number(digits: &str) -> Option<i64> {
    i64::from_str_radix(digits, 16).ok().filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        for (created_us, seq) in [(0, 0), (1_893_456_000_000_001, 1), (7, i64::MAX)] {
            assert_eq!(read_cursor(&cursor(seq)), Some(seq));
            let created_at = Timestamp::from_timestamp_micros(created_us).unwrap();
            let place = ListPlace { created_at, seq };
            assert_eq!(read_place_cursor(&place_cursor(place)), Some(place));
        }
        for bad in ["", "c", "12", "c-1", "cxyz"] {
            assert_eq!(read_cursor(bad), None, "{bad}");
        }
        for bad in ["", "c", "12", "c1", "c-1.1", "c1.-1", "cx.yz", "c1.", "c7fffffffffffffff.1"] {
            assert_eq!(read_place_cursor(bad), None, "{bad}");
        }
    }
}
