//! The dashboard at `/dashboard`: an account's jobs, their progress and results, its credits.
//!
//! Plain pages made here; a small script of our own fetches the changing parts again. Nothing is
//! asked of any other host.

mod pages;
mod preview;
mod session;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use docket_contract::JobId;
use docket_contract::state::{JobState, JobsWord};
use docket_jobs::{Caller, ListRequest};
use maud::Markup;
use serde::Deserialize;

use crate::ServerState;
use crate::layers::client::Client;
use crate::routes::jobs::{place_cursor, read_place_cursor};
use crate::routes::path_id::PathId;
use session::{Session, ended, is_of_own_page, key_of_form, started};

/// Jobs on one page.
const JOBS_MAX: usize = 25;

/// Only scripts and styles of this server, and no embedding in frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The routes of the dashboard.
pub(crate) fn routes() -> Router<ServerState> {
    Router::new()
        .route("/dashboard", get(home))
        .route("/dashboard/login", post(login))
        .route("/dashboard/logout", post(logout))
        .route("/dashboard/jobs/{id}", get(job))
        .route("/dashboard/style.css", get(style))
        .route("/dashboard/live.js", get(script))
}

/// Which part of the list is shown.
#[derive(Debug, Default, Deserialize)]
struct View {
    status: Option<String>,
    cursor: Option<String>,
}

/// The jobs of the account that is logged in; without a session, the login form.
async fn home(
    State(state): State<ServerState>,
    Session(caller): Session,
    Query(view): Query<View>,
) -> Response {
    let Some(caller) = caller else { return page(StatusCode::OK, &pages::login(None)) };
    let status = view.status.as_deref().and_then(JobsWord::from_wire);
    let request = ListRequest {
        status,
        before: view.cursor.as_deref().and_then(read_place_cursor),
        limit: JOBS_MAX,
        ..ListRequest::default()
    };
    let found = async {
        let listed = state.jobs.list(&caller, request).await?;
        Ok::<_, docket_jobs::Error>((listed, state.jobs.balance(&caller).await?))
    };
    match found.await {
        Ok((listed, balance)) => {
            let older =
                listed.jobs.last().filter(|_| listed.more).map(|job| place_cursor(job.into()));
            let shown = view.status.filter(|_| status.is_some()).unwrap_or_default();
            let body = pages::home(&caller, &balance, &listed.jobs, &shown, older.as_deref());
            page(StatusCode::OK, &body)
        }
        Err(error) => fault(&error),
    }
}

/// One job, with what came out of it.
async fn job(
    State(state): State<ServerState>,
    Session(caller): Session,
    PathId(id): PathId,
) -> Response {
    let Some(caller) = caller else { return Redirect::to("/dashboard").into_response() };
    let found = async {
        let id: JobId = id.parse().map_err(|_| docket_jobs::Error::NotFound)?;
        state.jobs.find(&caller, id).await
    };
    match found.await {
        Ok(job) => {
            let text = match job.state {
                JobState::Succeeded => result_text(&state, &caller, job.id).await,
                _ => None,
            };
            page(StatusCode::OK, &pages::job(&caller, &job, text.as_ref()))
        }
        Err(docket_jobs::Error::NotFound) => page(StatusCode::NOT_FOUND, &pages::unknown(&caller)),
        Err(error) => fault(&error),
    }
}

async fn result_text(state: &ServerState, caller: &Caller, id: JobId) -> Option<preview::Preview> {
    match state.jobs.result(caller, id).await {
        Ok(finished) => Some(preview::of(&finished)),
        Err(error) => {
            tracing::warn!(job.id = %id, error = &error as &dyn std::error::Error, "no preview");
            None
        }
    }
}

/// Takes the key of the form and begins a session with it, in a cookie that no script can read.
async fn login(
    State(state): State<ServerState>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_of_own_page(state.public_url.as_deref(), &headers) {
        return of_other_site();
    }
    match state.jobs.begin_session(&key_of_form(&body)).await {
        Ok(Some(token)) => {
            let cookie = started(&state, &headers, &token);
            ([(SET_COOKIE, cookie)], Redirect::to("/dashboard")).into_response()
        }
        Ok(None) => {
            if let Some(Extension(client)) = client {
                client.gave_a_wrong_key().await;
            }
            page(StatusCode::UNAUTHORIZED, &pages::login(Some("This is not a live key")))
        }
        Err(error) => fault(&error),
    }
}

async fn logout(State(state): State<ServerState>, headers: HeaderMap) -> Response {
    if !is_of_own_page(state.public_url.as_deref(), &headers) {
        return of_other_site();
    }
    ([(SET_COOKIE, ended(&state, &headers))], Redirect::to("/dashboard")).into_response()
}

fn of_other_site() -> Response {
    let text = "This form was sent from a page of another site. Log in here.";
    page(StatusCode::FORBIDDEN, &pages::login(Some(text)))
}

fn fault(error: &docket_jobs::Error) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "dashboard failed");
    page(StatusCode::SERVICE_UNAVAILABLE, &pages::fault())
}

fn page(status: StatusCode, body: &Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Beyond this server nobody learns the address; with "no-referrer" browsers would leave out
        // the origin of the forms too.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.0.clone()).into_response()
}

async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("dashboard/style.css"))
}

async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("dashboard/live.js"))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=300")];
    (headers, text).into_response()
}
