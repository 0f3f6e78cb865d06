//! `/webhooks`: the endpoints of an account, and the log of their deliveries.

mod body;
mod deliveries;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use docket_contract::webhook::Endpoint;
use docket_contract::wire::webhooks::{DeliveryDocument, WebhookDocument, WebhookList};
use docket_jobs::{EndpointChange, Error, NewEndpointRequest, SecretText};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::router::table::Routes;
use crate::routes::path_id::PathId;
use body::Body;

/// The routes of this family.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .route("/webhooks", get(list).post(create))
        .route("/webhooks/{id}", get(find).patch(change).delete(delete))
        .route("/webhooks/{id}/rotate-secret", post(rotate))
        .route("/webhooks/{id}/test", post(test))
        .route("/webhooks/{id}/replay", post(deliveries::replay_failed))
        .route("/webhooks/{id}/deliveries", get(deliveries::list))
        .route("/webhooks/{id}/deliveries/{delivery}", get(deliveries::find))
        .route("/webhooks/{id}/deliveries/{delivery}/replay", post(deliveries::replay))
}

/// `POST /webhooks`: the secret is in this answer and in no later one.
async fn create(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    body: Bytes,
) -> Result<(StatusCode, Json<WebhookDocument>), Problem> {
    let body = Body::read(&body)?;
    let endpoint = NewEndpointRequest {
        url: body.url()?.ok_or_else(|| body.missing("url"))?,
        description: body.description()?.unwrap_or_default(),
        events: body.events()?.unwrap_or_default(),
    };
    let endpoint = state.jobs.create_endpoint(&caller, endpoint).await;
    let endpoint = endpoint.map_err(|error| of_url(error, &body))?;
    Ok((StatusCode::CREATED, Json(with_secret(&endpoint))))
}

/// `GET /webhooks`
async fn list(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
) -> Result<Json<WebhookList>, Problem> {
    let endpoints = state.jobs.list_endpoints(&caller).await.map_err(problem)?;
    Ok(Json(WebhookList { webhooks: endpoints.iter().map(WebhookDocument::from).collect() }))
}

/// `GET /webhooks/{id}`
async fn find(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<WebhookDocument>, Problem> {
    let endpoint = state.jobs.find_endpoint(&caller, endpoint_id(&id)?).await.map_err(problem)?;
    Ok(Json(WebhookDocument::from(&endpoint)))
}

/// `PATCH /webhooks/{id}`: `url`, `description`, `events`, `enabled`.
async fn change(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    body: Bytes,
) -> Result<Json<WebhookDocument>, Problem> {
    let id = endpoint_id(&id)?;
    let body = Body::read(&body)?;
    let change = EndpointChange {
        url: body.url()?,
        description: body.description()?,
        events: body.events()?,
        enabled: body.flag("enabled")?,
    };
    let endpoint = state.jobs.change_endpoint(&caller, id, change).await;
    let endpoint = endpoint.map_err(|error| of_url(error, &body))?;
    Ok(Json(WebhookDocument::from(&endpoint)))
}

/// `DELETE /webhooks/{id}`
async fn delete(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<Value>, Problem> {
    let endpoint = endpoint_id(&id)?;
    state.jobs.delete_endpoint(&caller, endpoint).await.map_err(problem)?;
    Ok(Json(json!({ "id": endpoint, "message": "Webhook and its log were deleted" })))
}

/// `POST /webhooks/{id}/rotate-secret`: `overlap_s`, for how long the former secret still signs.
async fn rotate(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    body: Bytes,
) -> Result<Json<WebhookDocument>, Problem> {
    let id = endpoint_id(&id)?;
    let overlap = Body::read_optional(&body)?.overlap()?;
    let rotated = state.jobs.rotate_endpoint_secret(&caller, id, overlap).await;
    Ok(Json(with_secret(&rotated.map_err(problem)?)))
}

/// `POST /webhooks/{id}/test`
async fn test(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<(StatusCode, Json<DeliveryDocument>), Problem> {
    let delivery = state.jobs.test_endpoint(&caller, endpoint_id(&id)?).await.map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryDocument::from(&delivery))))
}

fn with_secret(endpoint: &Endpoint) -> WebhookDocument {
    let secret = Some(SecretText::from(&endpoint.secret).0);
    WebhookDocument { secret, ..WebhookDocument::from(endpoint) }
}

/// What is no id is as unknown as an id that never was.
fn endpoint_id(text: &str) -> Result<Uuid, Problem> {
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    id.ok_or_else(|| unknown("Webhook not found"))
}

fn unknown(text: &str) -> Problem {
    Problem::plain(StatusCode::NOT_FOUND, text)
}

/// A fault of a request that may hold a URL.
fn of_url(error: Error, body: &Body) -> Problem {
    match error {
        Error::PrivateHost => body.private_url(),
        other => problem(other),
    }
}

fn problem(error: Error) -> Problem {
    match error {
        Error::NotFound => unknown("Webhook not found"),
        other => Problem::of(other, Family::Jobs),
    }
}
