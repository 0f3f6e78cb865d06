//! Liveness and readiness, without a key.

use axum::Json;
use axum::extract::State;
use docket_jobs::NotReady;
use serde_json::{Value, json};

use crate::ServerState;
use crate::problem::Problem;

/// `GET /health`: the process answers.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// `GET /ready`: the database answers and takes writes, there is room, and this node's workers make
/// progress.
pub(crate) async fn ready(State(state): State<ServerState>) -> Result<Json<Value>, Problem> {
    if let Err(NotReady { reason, text }) = state.jobs.ready().await {
        return Err(Problem::unavailable(&text, reason));
    }
    match (state.readiness)() {
        Ok(()) => {
            let sandbox = json!({ "missing": state.walls_missing });
            Ok(Json(json!({ "status": "ready", "sandbox": sandbox })))
        }
        Err(why) => Err(Problem::unavailable(&why, "no_progress")),
    }
}
