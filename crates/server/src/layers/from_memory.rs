//! `GET /jobs/{id}` straight from memory, ahead of the router.
//!
//! A status that memory has needs neither the database nor anything of the routes; matching, boxing
//! and extracting would cost more than the answer. Whatever memory has not, and every request that
//! asks for more than the status as it is (a wait, another method, a refusal), goes to the route of
//! the same path, whose answers this one equals byte for byte.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ETAG, RETRY_AFTER,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use docket_contract::JobId;
use docket_jobs::Jobs;
use futures_util::future::Either;
use metrics::Histogram;
use tower::Service;

use crate::ServerState;
use crate::layers::auth::keys;
use crate::layers::client::Client;
use crate::layers::exchange::{REQUEST_ID, request_id};
use crate::layers::host::has_one_host;
use crate::layers::metrics::answers;
use crate::routes::conditional::{PREFER, is_known};
use crate::routes::status::{QUEUE_POSITION, answer, tell_when_to_ask_again};

/// What pages of other origins may read of every answer.
pub(crate) const EXPOSED_HEADERS: [HeaderName; 4] = [REQUEST_ID, RETRY_AFTER, ETAG, QUEUE_POSITION];

/// The same as the value of a header.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-request-id,retry-after,etag,x-queue-position");

const ROUTE: &str = "/jobs/{id}";

/// Answers from memory what it can, and hands on the rest.
#[derive(Clone)]
pub(crate) struct FromMemory<S> {
    rest: S,
    memory: Arc<Memory>,
}

struct Memory {
    jobs: Jobs,
    full: Histogram,
    not_modified: Histogram,
}

impl<S> FromMemory<S> {
    pub(crate) fn new(rest: S, state: ServerState) -> Self {
        let memory = Memory {
            jobs: state.jobs,
            full: answers("GET", ROUTE, StatusCode::OK),
            not_modified: answers("GET", ROUTE, StatusCode::NOT_MODIFIED),
        };
        Self { rest, memory: Arc::new(memory) }
    }
}

impl<S> Service<Request> for FromMemory<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.rest.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.memory.answer(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.rest.call(request)),
        }
    }
}

impl Memory {
    fn answer(&self, request: &Request) -> Option<Response> {
        let begun = Instant::now();
        let id = asked_for(request)?;
        let headers = request.headers();
        let (status, place) = self.jobs.status_in_memory(keys(headers).next()?, id)?;
        let is_known = is_known(headers, &status.etag);
        let mut response = answer(&status, is_known);
        let answered = response.headers_mut();
        if !status.ended {
            tell_when_to_ask_again(place, answered);
        }
        answered.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        answered.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if let Some(client) = request.extensions().get::<Client>() {
            client.is_known();
        }
        let request_id = request_id(headers);
        tracing::debug!(
            request.id = request_id.to_str().unwrap_or_default(),
            job.id = %id,
            status = response.status().as_u16(),
            "status from memory"
        );
        response.headers_mut().insert(REQUEST_ID, request_id);
        let kind = if is_known { &self.not_modified } else { &self.full };
        kind.record(begun.elapsed().as_secs_f64());
        Some(response)
    }
}

/// The job whose status as it is, and nothing else, is asked for.
fn asked_for(request: &Request) -> Option<JobId> {
    if request.method() != Method::GET || request.uri().query().is_some() {
        return None;
    }
    let id = request.uri().path().strip_prefix("/jobs/")?.parse().ok()?;
    (!request.headers().contains_key(&PREFER) && has_one_host(request)).then_some(id)
}
