//! `GET /jobs/{id}/events` and `GET /events`: changes as server-sent events.
//!
//! The id of an event is its place in the outbox, so a client that comes back with `Last-Event-ID`
//! misses nothing. A slow reader holds up nobody: of one job it gets the latest change, of an account
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
use docket_jobs::{AccountWatch, Caller, Change, ChangeKind, JobWatch, Jobs};
use futures_util::{Stream, StreamExt, stream};

use crate::ServerState;
use crate::auth::Authenticated;
use crate::path_id::{PathId, job_id};
use crate::problem::{Family, Problem};

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
    let watched = state.jobs.watch_job(&caller, job_id, after).await;
    let (past, watch) = watched.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    let status = state.jobs.status(&caller, job_id).await;
    let status = status.map_err(|error| Problem::of_job(error, Family::Jobs, &id))?;
    if past.is_empty() && status.ended {
        // The client has the last event: with this answer an EventSource does not come back.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let events = JobEvents { past: past.into(), watch, last_seq: after.unwrap_or(0), ended: false };
    let changes = stream::unfold(events, |mut events| async move {
        let change = events.next().await?;
        Some((change, events))
    });
    Ok(event_stream(&state, changes))
}

/// `GET /events`: all jobs of the account.
pub(crate) async fn of_account(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = last_event_id(query.as_deref(), &headers)?;
    let (told_seq, watch) = state.jobs.watch_account(&caller);
    let mut events = AccountEvents {
        jobs: state.jobs.clone(),
        caller,
        watch,
        past: VecDeque::new(),
        last_seq: after.unwrap_or(told_seq),
        read_until: told_seq,
    };
    if after.is_some() {
        events.read_past().await.map_err(|error| Problem::of(error, Family::Jobs))?;
    }
    let changes = stream::unfold(events, |mut events| async move {
        let change = events.next().await?;
        Some((change, events))
    });
    Ok(event_stream(&state, changes))
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
        // A job that ended and was run again has more to tell.
        self.ended = is_end(&change) && self.past.is_empty();
        Some(change)
    }
}

/// The changes of an account, from the database where memory has moved on.
struct AccountEvents {
    jobs: Jobs,
    caller: Caller,
    watch: AccountWatch,
    past: VecDeque<Change>,
    /// The last that was sent.
    last_seq: i64,
    /// What comes before it is read from the database.
    read_until: i64,
}

impl AccountEvents {
    async fn next(&mut self) -> Option<Arc<Change>> {
        loop {
            if let Some(change) = self.past.pop_front() {
                self.last_seq = self.last_seq.max(change.seq);
                return Some(Arc::new(change));
            }
            if self.last_seq < self.read_until {
                // A fault ends the stream; the client comes back to where it was.
                self.read_past().await.ok()?;
                continue;
            }
            match self.watch.next().await {
                // It was read from the database before.
                Some(change) if change.seq <= self.read_until => {}
                Some(change) => {
                    self.last_seq = self.last_seq.max(change.seq);
                    return Some(change);
                }
                None => {
                    let (told_seq, watch) = self.jobs.watch_account(&self.caller);
                    (self.read_until, self.watch) = (told_seq, watch);
                }
            }
        }
    }

    /// Reads one page of what comes before `read_until`.
    async fn read_past(&mut self) -> Result<(), docket_jobs::Error> {
        let page = self.jobs.changes_after(&self.caller, self.last_seq).await?;
        self.past = page.into_iter().filter(|change| change.seq <= self.read_until).collect();
        if self.past.is_empty() {
            self.last_seq = self.last_seq.max(self.read_until);
        }
        Ok(())
    }
}

fn is_end(change: &Change) -> bool {
    match change.kind {
        ChangeKind::Moved { state, .. } => state.is_terminal(),
        ChangeKind::Deleted => true,
    }
}

fn event_stream(
    state: &ServerState,
    changes: impl Stream<Item = Arc<Change>> + Send + 'static,
) -> Response {
    let shutdown = state.shutdown.clone().cancelled_owned();
    let events = changes.map(|change| Ok::<_, Infallible>(event(&change))).take_until(shutdown);
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let mut response = stream.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather the events.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

fn event(change: &Change) -> Event {
    let state = change.visible_state();
    let pages_done = match change.kind {
        ChangeKind::Moved { pages_done, .. } => Some(pages_done),
        ChangeKind::Deleted => None,
    };
    let changed = JobChanged::new(change.job_id, state, change.version, pages_done, change.at);
    let event = Event::default().id(change.seq.to_string()).event(if state.is_some() {
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
