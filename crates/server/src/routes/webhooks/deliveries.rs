//! The log of an endpoint's deliveries, and replays.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use docket_contract::webhook::{DeliveryStatus, MessageId};
use docket_contract::wire::webhooks::{
    AttemptDocument, DeliveryDetail, DeliveryDocument, DeliveryList, EventBody,
};
use docket_jobs::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::Body;
use super::{endpoint_id, problem, unknown};
use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::Problem;
use crate::routes::jobs::{cursor, read_cursor};
use crate::routes::path_id::PathId;

/// Endpoint and delivery; a malformed id gets the same response as an unknown id.
type DeliveryPath = Result<Path<(String, String)>, PathRejection>;

/// Deliveries on one page.
const LIST_DEFAULT: usize = 50;
const LIST_MAX: usize = 200;

/// The query of a list; all fields are texts, so that errors have our own wording.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LogQuery {
    limit: Option<String>,
    cursor: Option<String>,
    status: Option<String>,
}

/// `GET /webhooks/{id}/deliveries`: newest first.
pub(super) async fn list(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    Query(query): Query<LogQuery>,
) -> Result<Json<DeliveryList>, Problem> {
    let id = endpoint_id(&id)?;
    let (status, before, limit) = (query.status()?, query.before_seq()?, query.limit()?);
    let page = state.jobs.list_deliveries(&caller, id, status, before, limit).await;
    let page = page.map_err(problem)?;
    let last = page.deliveries.last().filter(|_| page.more);
    Ok(Json(DeliveryList {
        next_cursor: last.map(|delivery| cursor(delivery.seq)),
        deliveries: page.deliveries.iter().map(DeliveryDocument::from).collect(),
    }))
}

impl LogQuery {
    fn status(&self) -> Result<Option<DeliveryStatus>, Problem> {
        let Some(word) = given(self.status.as_ref()) else { return Ok(None) };
        let known = DeliveryStatus::from_word(word);
        let refused = || Problem::bad_request("status must be one of pending, delivered, failed");
        known.ok_or_else(refused).map(Some)
    }

    fn before_seq(&self) -> Result<Option<i64>, Problem> {
        let Some(text) = given(self.cursor.as_ref()) else { return Ok(None) };
        let refused = || Problem::bad_request("cursor is not one of ours");
        read_cursor(text).ok_or_else(refused).map(Some)
    }

    fn limit(&self) -> Result<usize, Problem> {
        match given(self.limit.as_ref()).map(str::parse) {
            None => Ok(LIST_DEFAULT),
            Some(Ok(limit @ 1..=LIST_MAX)) => Ok(limit),
            Some(_) => Err(Problem::bad_request("limit must be a number from 1 to 200")),
        }
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// `GET /webhooks/{id}/deliveries/{delivery}`: with what is posted and every attempt.
pub(super) async fn find(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    ids: DeliveryPath,
) -> Result<Json<DeliveryDetail>, Problem> {
    let (endpoint, id) = ids_of(ids)?;
    let found = state.jobs.find_delivery(&caller, endpoint, id).await;
    let (delivery, attempts) = found.map_err(delivery_problem)?;
    let base = state.public_url.clone().unwrap_or_default();
    Ok(Json(DeliveryDetail {
        delivery: DeliveryDocument::from(&delivery),
        payload: EventBody::new(&delivery, &base),
        attempts: attempts.iter().map(AttemptDocument::from).collect(),
    }))
}

/// `POST /webhooks/{id}/deliveries/{delivery}/replay`
pub(super) async fn replay(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    ids: DeliveryPath,
) -> Result<(StatusCode, Json<DeliveryDocument>), Problem> {
    let (endpoint, id) = ids_of(ids)?;
    let delivery = state.jobs.replay_delivery(&caller, endpoint, id).await;
    let delivery = delivery.map_err(delivery_problem)?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryDocument::from(&delivery))))
}

/// `POST /webhooks/{id}/replay`: every failed delivery whose event happened `since` or later.
pub(super) async fn replay_failed(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = endpoint_id(&id)?;
    let since = Body::read(&body)?.since()?;
    let replayed = state.jobs.replay_failed(&caller, id, since).await.map_err(problem)?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "replayed": replayed }))))
}

fn ids_of(ids: DeliveryPath) -> Result<(Uuid, MessageId), Problem> {
    let Path((endpoint, delivery)) = ids.map_err(|_| unknown("Webhook not found"))?;
    let endpoint = endpoint_id(&endpoint)?;
    let delivery = MessageId::from_text(&delivery).ok_or_else(|| unknown("Delivery not found"))?;
    Ok((endpoint, delivery))
}

fn delivery_problem(error: Error) -> Problem {
    match error {
        Error::NotFound => unknown("Delivery not found"),
        other => problem(other),
    }
}
