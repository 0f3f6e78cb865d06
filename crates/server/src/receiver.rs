//! A receiver of webhooks on this machine, for people who want to see what is sent.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use docket_jobs::{SecretText, verify};
use tokio::sync::mpsc;

/// Bytes of an event; ours have less than a thousand.
const EVENT_BYTES_MAX: usize = 64 * 1024;

/// A message whose signature was checked.
#[derive(Clone, Debug)]
pub struct Received {
    /// The header `webhook-id`.
    pub id: String,
    /// The body.
    pub body: Bytes,
    /// It was signed with the secret, not long ago.
    pub genuine: bool,
}

#[derive(Clone)]
struct Receiver {
    secret: SecretText,
    received: mpsc::Sender<Received>,
}

/// Takes what is posted to any path, and hands it on; refuses what is not genuine with 401.
pub fn receiver(secret: SecretText, received: mpsc::Sender<Received>) -> Router {
    Router::new()
        .fallback(any(receive))
        .layer(DefaultBodyLimit::max(EVENT_BYTES_MAX))
        .with_state(Receiver { secret, received })
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id = text("webhook-id").unwrap_or_default().to_owned();
    let genuine = is_genuine(&receiver.secret, &headers, &id, &body);
    let handed_on = receiver.received.send(Received { id, body, genuine }).await;
    match (genuine, handed_on) {
        (false, _) => StatusCode::UNAUTHORIZED,
        (true, Ok(())) => StatusCode::NO_CONTENT,
        // Nobody reads any more: it is to be sent again to somebody else.
        (true, Err(_)) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a receiver has no database: its own clock decides what is too old"
)]
fn is_genuine(secret: &SecretText, headers: &HeaderMap, id: &str, body: &[u8]) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let timestamp_s = text("webhook-timestamp").and_then(|text| text.parse().ok());
    let (Some(secret), Some(timestamp_s), Some(signatures)) =
        (secret.secret(), timestamp_s, text("webhook-signature"))
    else {
        return false;
    };
    verify(&secret, id, timestamp_s, body, signatures, chrono::Utc::now().timestamp())
}
