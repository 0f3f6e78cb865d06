//! `GET /jobs/{id}/events` and `GET /events`: changes as server-sent events.
//!
//! The id of an event is its place in the outbox, or an earlier one while something before it is
//! open, so a client that comes back with `Last-Event-ID` misses nothing. A slow reader holds up nobody: of one job it gets the latest change, of an account
//! it reads on in the database.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use docket_contract::wire::jobs::JobChanged;
use docket_jobs::{Caller, Change, ChangeKind, JobWatch};
use futures_util::{Stream, StreamExt, stream};

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::layers::slots::Slot;
use crate::problem::{Family, Problem};
use crate::routes::path_id::{PathId, job_id};

/// How often a silent stream shows that it lives; below the patience of usual proxies.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// `GET /jobs/{id}/events`
pub(crate) async fn of_job(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job_id = job_id(Family::Jobs, &id)?;
    let after = last_event_id(query.as_deref(), &headers)?;
    let slot = slot(&state, &caller)?;
    let watched = state.jobs.watch_job(&caller, job_id, after).await;
    let (past, watch) = watched.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    let status = state.jobs.status(&caller, job_id).await;
    let status = status.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    if past.is_empty() && status.ended {
        // The client has the last event: with this answer an EventSource does not come back.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let events = JobEvents { past: past.into(), watch, last_seq: after.unwrap_or(0), ended: false };
    let events = stream::unfold(events, |mut events| async move {
        let change = events.next().await?;
        Some((event(&change, change.seq), events))
    });
    Ok(event_stream(&state, slot, events))
}

/// `GET /events`: all jobs of the account.
pub(crate) async fn of_account(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = last_event_id(query.as_deref(), &headers)?;
    let slot = slot(&state, &caller)?;
    let changes = state.jobs.follow_account(&caller, after);
    let events = stream::unfold(changes, |mut changes| async move {
        // A fault ends the stream; the client comes back to where it was.
        let sent = changes.next().await.ok()?;
        Some((event(&sent.change, sent.resume_seq), changes))
    });
    Ok(event_stream(&state, slot, events))
}

/// The changes of one job until its end.
struct JobEvents {
    past: VecDeque<Change>,
    watch: JobWatch,
    /// The last that the client has.
    last_seq: i64,
    ended: bool,
}

impl JobEvents {
    async fn next(&mut self) -> Option<Arc<Change>> {
        if self.ended {
            return None;
        }
        let change = match self.past.pop_front() {
            Some(change) => Arc::new(change),
            None => loop {
                match self.watch.next().await {
                    Some(change) if change.seq > self.last_seq => break change,
                    _ => {}
                }
            },
        };
        self.last_seq = change.seq;
        // A job that ended and was run again has more changes.
        self.ended = is_end(&change) && self.past.is_empty();
        Some(change)
    }
}

fn is_end(change: &Change) -> bool {
    match change.kind {
        ChangeKind::Moved { state, .. } => state.is_terminal(),
        ChangeKind::Deleted => true,
    }
}

/// The place of one more stream of the account.
fn slot(state: &ServerState, caller: &Caller) -> Result<Slot, Problem> {
    let slot = state.slots.streams.take(&caller.user_id);
    slot.ok_or_else(|| Problem::too_many("Too many open streams of this account"))
}

fn event_stream(
    state: &ServerState,
    slot: Slot,
    events: impl Stream<Item = Event> + Send + 'static,
) -> Response {
    let shutdown = state.shutdown.clone().cancelled_owned();
    let events = events.map(Ok::<_, Infallible>).take_until(shutdown);
    let events = events.map(move |event| {
        // Held as long as the stream is.
        let _slot = &slot;
        event
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let mut response = stream.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather the events.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// The change, with the position to continue from as its id.
fn event(change: &Change, resume_seq: i64) -> Event {
    let state = change.visible_state();
    let pages_done = match change.kind {
        ChangeKind::Moved { pages_done, .. } => Some(pages_done),
        ChangeKind::Deleted => None,
    };
    let changed = JobChanged::new(change.job_id, state, change.version, pages_done, change.at);
    let event = Event::default().id(resume_seq.to_string()).event(if state.is_some() {
        "status"
    } else {
        "deleted"
    });
    event.json_data(changed).unwrap_or_else(|_| Event::default().comment("unreadable"))
}

/// Where the client left off: the header that an `EventSource` sends, or the same as a parameter.
fn last_event_id(query: Option<&str>, headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let parameter = query.and_then(|query| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "last_event_id")
    });
    let given = header.map(str::to_owned).or(parameter.map(|(_, value)| value.into_owned()));
    match given.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match text.parse() {
            Ok(seq) if seq >= 0 => Ok(Some(seq)),
            _ => Err(Problem::bad_request("Last-Event-ID is not one of ours")),
        },
    }
}
