//! A receiver of webhooks on this machine that answers as a test wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::app::LIMIT;

/// What was posted.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Seen {
    pub(super) fn id(&self) -> &str {
        self.headers["webhook-id"].to_str().unwrap()
    }

    pub(super) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether the published library takes it with this secret.
    pub(super) fn verifies(&self, secret: &str) -> bool {
        let library = standardwebhooks::Webhook::new(secret).unwrap();
        library.verify(&self.body, &self.headers).is_ok()
    }
}

/// How a request is answered.
#[derive(Clone)]
pub(super) enum Answer {
    Status(u16),
    /// To another place.
    Redirect(String),
    /// Not at all while the test runs.
    Never,
}

type Script = dyn Fn(usize) -> Answer + Send + Sync;

#[derive(Clone)]
struct Stage {
    script: Arc<Script>,
    count: Arc<AtomicUsize>,
    seen: mpsc::UnboundedSender<Seen>,
}

/// Listens until it is dropped.
pub(super) struct Receiver {
    pub(super) url: String,
    seen: Mutex<mpsc::UnboundedReceiver<Seen>>,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// One that takes everything.
    pub(super) async fn willing() -> Self {
        Self::scripted(|_| Answer::Status(204)).await
    }

    /// One that answers the n-th request, counted from 0, by the script.
    pub(super) async fn scripted(script: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, seen) = mpsc::unbounded_channel();
        let stage = Stage { script: Arc::new(script), count: Arc::default(), seen: sender };
        let router = Router::new().fallback(take).with_state(stage);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen: Mutex::new(seen), serving }
    }

    /// The next request.
    pub(super) async fn next(&self) -> Seen {
        let mut seen = self.seen.lock().await;
        let next = tokio::time::timeout(LIMIT, seen.recv()).await;
        drop(seen);
        next.expect("nothing was delivered").unwrap()
    }

    /// Requests that nobody has looked at.
    pub(super) async fn waiting(&self) -> usize {
        self.seen.lock().await.len()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(stage): State<Stage>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = (stage.script)(stage.count.fetch_add(1, Ordering::SeqCst));
    let _ = stage.seen.send(Seen { headers, body });
    match answer {
        Answer::Status(code) => StatusCode::from_u16(code).unwrap().into_response(),
        Answer::Redirect(to) => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}
