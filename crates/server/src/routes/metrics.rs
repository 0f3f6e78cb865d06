//! `GET /metrics`, without a key like `/health`: counts over all accounts, nothing of any of them.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use docket_jobs::Jobs;

use crate::ServerState;
use crate::layers::metrics::{disk_text, memory_text, overview_text, recorded};
use crate::layers::process::process_text;
use crate::problem::{Family, Problem};
use crate::routes::health::health;

/// What this process has counted, and the state of the queues.
pub(crate) async fn metrics(State(state): State<ServerState>) -> Result<Response, Problem> {
    let memory = memory_text(&state.jobs.memory_numbers());
    numbers(&state.jobs, &memory).await
}

/// `GET /metrics` and `GET /health` of a process that serves no API, or apart from it.
pub fn metrics_router(jobs: Jobs) -> Router {
    recorded();
    Router::new()
        .route("/metrics", get(async |State(jobs): State<Jobs>| numbers(&jobs, "").await))
        .route("/health", get(health))
        .fallback(|| async { Problem::not_found() })
        .with_state(jobs)
}

async fn numbers(jobs: &Jobs, memory: &str) -> Result<Response, Problem> {
    let overview = jobs.overview().await;
    let overview = overview.map_err(|error| Problem::of(error, Family::Jobs))?;
    let counted = recorded().map(metrics_exporter_prometheus::PrometheusHandle::render);
    let parts = [
        overview_text(&overview),
        memory.to_owned(),
        disk_text(&jobs.free_space()),
        process_text(),
        counted.unwrap_or_default(),
    ];
    let text = parts.concat();
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
