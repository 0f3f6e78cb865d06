//! Credits used and left.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};

/// `GET /org/get_usage`
pub(crate) async fn usage(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
) -> Result<Json<Value>, Problem> {
    let balance = state.jobs.balance(&caller).await;
    let balance = balance.map_err(|error| Problem::of(error, Family::Jobs))?;
    Ok(Json(json!({
        "org_id": caller.user_id,
        "org_name": caller.user_id,
        "current_usage": balance.used,
        "usage_limit": balance.limit,
        "remaining_quota": balance.limit - balance.used,
        "last_billed_date": balance.cycle_started_at.format("%Y-%m-%d").to_string(),
    })))
}
