//! `GET /jobs/{id}`: the heart of it, from memory where it can be.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use docket_contract::JobId;
use docket_jobs::{Caller, Place, Status};

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::routes::conditional::{Wait, is_known, newest_known};
use crate::routes::path_id::{PathId, job_id};

/// The place of a waiting job in the queue, counted from 1.
pub(crate) const QUEUE_POSITION: HeaderName = HeaderName::from_static("x-queue-position");

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Seconds after which a client that polls politely may ask again.
const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");

/// The same of a job with more than [`FAR_BEHIND`] others before it.
const RETRY_LATER: HeaderValue = HeaderValue::from_static("5");

const FAR_BEHIND: usize = 100;

/// `GET /jobs/{id}`
pub(crate) async fn status(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job_id = job_id(Family::Jobs, &id)?;
    let wait = Wait::of(query.as_deref(), &headers)?;
    let slot = match wait {
        Wait::No => None,
        Wait::Asked(_) | Wait::Preferred(_) => state.slots.held_reads.take(&caller.user_id),
    };
    // An account that holds too many reads already gets its answer at once.
    let wait = if slot.is_some() { wait } else { Wait::No };
    let found = match wait {
        Wait::No => state.jobs.status(&caller, job_id).await,
        Wait::Asked(limit) | Wait::Preferred(limit) => {
            held(&state, &caller, job_id, newest_known(&headers), limit).await
        }
    };
    drop(slot);
    let status = found.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    let mut response = answer(&status, is_known(&headers, &status.etag));
    if !status.ended {
        let place = state.jobs.queue_position(&status).await;
        let place = place.map_err(|error| Problem::of(error, Family::Jobs))?;
        tell_when_to_ask_again(place, response.headers_mut());
    }
    if let Wait::Preferred(limit) = wait {
        let applied = format!("wait={}", limit.as_secs());
        if let Ok(applied) = HeaderValue::from_maybe_shared(bytes::Bytes::from(applied)) {
            response.headers_mut().insert(PREFERENCE_APPLIED, applied);
        }
    }
    Ok(response)
}

/// The status as soon as it is another than the client has; at once if the server goes down.
async fn held(
    state: &ServerState,
    caller: &Caller,
    id: JobId,
    seen: Option<i64>,
    limit: Duration,
) -> Result<Arc<Status>, docket_jobs::Error> {
    tokio::select! {
        found = state.jobs.status_after(caller, id, seen, limit) => found,
        () = state.shutdown.cancelled() => state.jobs.status(caller, id).await,
    }
}

/// The ready body, or the news that the client has it.
pub(crate) fn answer(status: &Status, is_known: bool) -> Response {
    let body = if is_known { Body::empty() } else { Body::from(status.body.clone()) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(10);
    if let Ok(etag) = HeaderValue::from_maybe_shared(status.etag.clone()) {
        headers.insert(ETAG, etag);
    }
    // The tag serves clients that keep the body themselves; no cache on the way may keep it.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

/// Tells the client of an unfinished job when to ask again, and the job's place in the queue.
pub(crate) fn tell_when_to_ask_again(place: Place, headers: &mut HeaderMap) {
    let is_far = place.is_some_and(|place| place > FAR_BEHIND);
    headers.insert(RETRY_AFTER, if is_far { RETRY_LATER } else { RETRY_SOON });
    if let Some(place) = place {
        headers.insert(QUEUE_POSITION, HeaderValue::from(place));
    }
}
