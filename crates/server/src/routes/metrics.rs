//! `GET /metrics`, without a key like `/health`: counts over all accounts, nothing of any of them.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::ServerState;
use crate::metrics::{overview_text, recorded};
use crate::problem::{Family, Problem};

/// What this process has counted, and the state of the queues.
pub(crate) async fn metrics(State(state): State<ServerState>) -> Result<Response, Problem> {
    let overview = state.jobs.overview().await;
    let overview = overview.map_err(|error| Problem::of(error, Family::Jobs))?;
    let counted = recorded().map(metrics_exporter_prometheus::PrometheusHandle::render);
    let text = format!("{}{}", overview_text(&overview), counted.unwrap_or_default());
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
