//! A receiver of webhooks for `dev/bench webhooks`: takes everything at once, and tells how long
//! messages were under way since what they tell of happened.
//!
//! `webhook_receiver PORT`: `POST` anything; `GET /numbers` answers counts and times, and begins
//! anew.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

#[derive(Default)]
struct Numbers {
    first: Option<Instant>,
    last: Option<Instant>,
    ids: HashSet<String>,
    /// Milliseconds from what happened to its message.
    delays_ms: Vec<i64>,
}

type Shared = Arc<Mutex<Numbers>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let port = std::env::args().nth(1).and_then(|port| port.parse::<u16>().ok()).expect("PORT");
    let router =
        Router::new().route("/numbers", get(numbers)).fallback(take).with_state(Shared::default());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    axum::serve(listener, router).await.unwrap();
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    #[expect(clippy::disallowed_methods, reason = "sender and receiver are on one host")]
    let now = Utc::now();
    let event: Value = serde_json::from_slice(&body).unwrap();
    let at = DateTime::parse_from_rfc3339(event["timestamp"].as_str().unwrap()).unwrap();
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let mut numbers = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let instant = Instant::now();
    numbers.first.get_or_insert(instant);
    numbers.last = Some(instant);
    if numbers.ids.insert(id) {
        numbers.delays_ms.push((now - at.to_utc()).num_milliseconds());
    }
    StatusCode::NO_CONTENT
}

async fn numbers(State(shared): State<Shared>) -> Json<Value> {
    let numbers = std::mem::take(&mut *shared.lock().unwrap_or_else(PoisonError::into_inner));
    let mut delays_ms = numbers.delays_ms;
    delays_ms.sort_unstable();
    let part = |permille: usize| {
        delays_ms.get((delays_ms.len() * permille / 1000).min(delays_ms.len().max(1) - 1))
    };
    let took = numbers.last.zip(numbers.first).map(|(last, first)| last - first);
    Json(json!({
        "messages": delays_ms.len(),
        "seconds": took.unwrap_or_default().as_secs_f64(),
        "p50_ms": part(500), "p99_ms": part(990), "max_ms": delays_ms.last(),
    }))
}
