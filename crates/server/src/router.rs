//! The list of routes, and the layers around all of them.

pub(crate) mod table;

use std::any::Any;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, patch, post, put};
use tower::ServiceBuilder;
use tower::util::MapRequest;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any as AnyOrigin, CorsLayer};

use crate::ServerState;
use crate::layers::client::Client;
use crate::layers::drain::drain_unread_body;
use crate::layers::exchange::Exchange;
use crate::layers::from_memory::{EXPOSED_HEADERS, FromMemory};
use crate::layers::host::has_one_host;
use crate::layers::json_errors::error_as_json;
use crate::layers::metrics::recorded;
use crate::layers::noted::Noted;
use crate::layers::slots::RequestSlot;
use crate::problem::Problem;
use crate::router::table::Routes;
use crate::routes::conditional::PREFER;
use crate::routes::{
    batch, chunking, classify, docs, editor, events, extract, files, health, jobs, keys, metrics,
    parse, splitter, status, task_create, task_list, tasks, upload, usage, webhooks,
};

/// Bytes of a body that is read as a whole.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Every path with what answers it. Each of them stands in the API document, or a test fails.
fn routes() -> Routes {
    Routes::default()
        .route("/", get(docs::start))
        .route("/docs", get(docs::docs))
        .route("/openapi.json", get(docs::openapi_json))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .route("/jobs", get(jobs::list))
        .route("/jobs/{id}/status", get(jobs::lowercase_status))
        .route("/jobs/{id}", get(status::status).delete(jobs::end))
        .route("/jobs/{id}/events", get(events::of_job))
        .route("/events", get(events::of_account))
        .route("/jobs/{id}/result", get(jobs::result))
        .route("/jobs/{id}/results", get(jobs::result))
        .route("/parse", post(parse::submit))
        .route("/parse/excel", post(parse::submit_workbook))
        .route("/parse/{id}", get(parse::status))
        .route("/v2/parse/upload", post(upload::create))
        .route("/api/v1/task/parse", post(task_create::create))
        .route("/api/v1/task/{id}", get(tasks::status).delete(tasks::delete))
        .route("/api/v1/task/{id}/cancel", get(tasks::cancel))
        .route("/api/v1/task/{id}/parse", patch(tasks::update))
        .route("/api/v1/tasks", get(task_list::list))
        .undescribed("/pdf-editor/{*operation}", any(editor::missing))
        .undescribed("/api/v1/pdf-editor/{*operation}", any(editor::missing))
        .route("/v2/extract", post(extract::submit))
        .route("/extract", post(extract::submit))
        .route("/cite", post(extract::submit))
        .route("/extract/{id}", get(extract::status))
        .route("/classify", post(classify::submit))
        .route("/classify/{id}", get(classify::status))
        .route("/splitter", post(splitter::submit))
        .route("/splitter/{id}", get(splitter::status))
        .route("/chunking", post(chunking::submit))
        .route("/batch/cite", post(batch::submit))
        .route("/batch/status/{id}", get(batch::status))
        .route("/api/v1/auth/api-keys", get(keys::list).post(keys::create).delete(keys::revoke))
        .route("/org/get_usage", get(usage::usage))
        .route("/api/v1/org/get_usage", get(usage::usage))
        .route("/files/{job}/upload", put(upload::receive))
        .route("/files/{job}/{what}", get(files::download))
        .merge(webhooks::routes())
}

/// Every path of the router, with its parameters in braces.
#[must_use]
pub fn paths() -> Vec<&'static str> {
    routes().into_paths()
}

/// All routes with their layers.
pub fn router(state: ServerState) -> Router {
    // From now on answers are counted.
    recorded();
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn(around))
        .layer(cors())
        .layer(CatchPanicLayer::custom(panicked))
        // Of bodies that are read into memory as a whole; forms with documents count for themselves.
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    let routes = routes()
        .into_router()
        .merge(crate::dashboard::routes())
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .with_state(state.clone())
        .layer(layers);
    // Around the routes, because a path is matched before any layer of theirs.
    let routes = MapRequest::new(routes, without_trailing_slash);
    Router::new().fallback_service(FromMemory::new(routes, state))
}

/// What happens to every request and every answer. One layer, because each costs its share of every
/// status read.
async fn around(mut request: Request, next: Next) -> Response {
    let exchange = Exchange::begin(&request);
    let mut noted = Noted::default();
    let mut answer = match refused(&request) {
        Some(problem) => problem.into_response(),
        None => {
            let client = request.extensions().get::<Client>();
            let too_slow = client.and_then(|client| client.too_slow.clone());
            let slot = RequestSlot::default();
            request.extensions_mut().insert(slot.clone());
            let answering = next.run(drain_unread_body(request));
            let (answer, found) = Noted::during(exchange.as_request(), answering).await;
            noted = found;
            drop(slot);
            if too_slow.is_some_and(|too_slow| too_slow.load(Ordering::Acquire)) {
                Problem::too_slow().into_response()
            } else {
                error_as_json(answer).await
            }
        }
    };
    exchange.end(&mut answer, &noted);
    let headers = answer.headers_mut();
    // Whatever does not say otherwise is for its caller alone.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// What no route takes, whatever it asks for.
fn refused(request: &Request) -> Option<Problem> {
    if !has_one_host(request) {
        return Some(Problem::bad_request("The request must name exactly one Host"));
    }
    let has_room = request.extensions().get::<Client>().is_none_or(|client| client.has_room);
    (!has_room).then(Problem::too_many_connections)
}

/// A path with a slash at its end means the one without: a redirect would lose the body in many
/// clients.
fn without_trailing_slash(mut request: Request) -> Request {
    let uri = request.uri();
    let path = uri.path().trim_end_matches('/');
    if path.len() == uri.path().len() || path.is_empty() {
        return request;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(trimmed) = format!("{path}{query}").parse() {
        *request.uri_mut() = trimmed;
    }
    request
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            HeaderName::from_static("api-key"),
            HeaderName::from_static("x-api-key"),
            AUTHORIZATION,
            CONTENT_TYPE,
            ACCEPT,
            HeaderName::from_static("idempotency-key"),
            IF_NONE_MATCH,
            PREFER,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers(EXPOSED_HEADERS)
        // No answer depends on who asks from where.
        .vary([])
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("without a text"), "handler panicked");
    Problem::internal().into_response()
}
