//! `/api/v1/auth/api-keys`: the keys of the caller's own account.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use docket_contract::timestamp::parse_look;
use docket_jobs::ApiKey;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};

/// Bytes of a key's name.
const NAME_BYTES_MAX: usize = 200;

/// `GET`: every key, by its last four characters only.
pub(crate) async fn list(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
) -> Result<Json<Value>, Problem> {
    let keys = state.jobs.list_own_keys(&caller).await;
    let keys = keys.map_err(|error| Problem::of(error, Family::Jobs))?;
    let now = state.jobs.now();
    let entries: Vec<Value> = keys.iter().map(|key| entry(key, now)).collect();
    Ok(Json(json!({ "api_keys": entries })))
}

fn entry(key: &ApiKey, now: DateTime<Utc>) -> Value {
    let live = key.revoked_at.is_none() && key.expires_at.is_none_or(|at| at > now);
    let mut entry = json!({
        "key_preview": preview(key), "name": key.label,
        "created_at": parse_look(key.created_at), "active": live,
    });
    if let Some(at) = key.expires_at {
        entry["expires_at"] = json!(parse_look(at));
    }
    entry
}

fn preview(key: &ApiKey) -> String {
    format!("****{}", key.last_four)
}

/// The body of a `POST`; all of it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CreateKey {
    name: Option<String>,
    expires_at: Option<DateTime<Utc>>,
}

/// `POST`: a further key; its text is shown only now.
pub(crate) async fn create(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let asked: CreateKey = if body.is_empty() { CreateKey::default() } else { read(&body)? };
    if asked.expires_at.is_some_and(|at| at <= state.jobs.now()) {
        return Err(Problem::bad_request("expires_at must be in the future"));
    }
    let name = asked.name.unwrap_or_default();
    if name.len() > NAME_BYTES_MAX {
        return Err(Problem::bad_request("name is too long"));
    }
    let fresh = state.jobs.create_own_key(&caller, &name, asked.expires_at).await;
    let fresh = fresh.map_err(|error| Problem::of(error, Family::Jobs))?;
    let mut answer = json!({
        "key": fresh.text,
        "created_at": parse_look(fresh.key.created_at),
        "warning": "Keep this key: it is shown only now.",
    });
    if let Some(at) = fresh.key.expires_at {
        answer["expires_at"] = json!(parse_look(at));
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The body of a `DELETE`.
#[derive(Debug, Deserialize)]
struct RevokeKey {
    key_preview: String,
}

/// `DELETE`: revokes the key with this preview.
pub(crate) async fn revoke(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let asked: RevokeKey = read(&body)?;
    let last_four = asked.key_preview.trim_start_matches('*');
    match state.jobs.revoke_own_key(&caller, last_four).await {
        Ok(_) => Ok(Json(json!({ "success": true, "message": "API key was revoked" }))),
        Err(docket_jobs::Error::NotFound) => {
            Err(Problem::plain(StatusCode::NOT_FOUND, "API key not found"))
        }
        Err(error) => Err(Problem::of(error, Family::Jobs)),
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::bad_request(&format!("The request's body cannot be read: {error}"))
    })
}
