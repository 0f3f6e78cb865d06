//! Webhooks: real receivers, real signatures, real failures.

mod delivery;
mod pace;
mod receiver;
mod routes;
mod trouble;

use std::time::Duration;

use docket_jobs::{Policy, Tolerance, WebhookPolicy};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{App, until};

/// A schedule short enough for a test.
fn quick(backoff_ms: &[u64]) -> Policy {
    let webhooks = WebhookPolicy {
        backoff: backoff_ms.iter().copied().map(Duration::from_millis).collect(),
        timeout: Duration::from_secs(10),
        tolerance: Tolerance { pause: Duration::ZERO, ..WebhookPolicy::default().tolerance },
        ..WebhookPolicy::default()
    };
    Policy { webhooks, ..Policy::default() }
}

impl App {
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        self.call_as(&self.key, method, path, body).await
    }

    async fn call_as(
        &self,
        key: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Response {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header("api-key", key);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// A call that must be answered with this status.
    async fn expect(
        &self,
        status: StatusCode,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Value {
        let answer = self.call(method, path, body).await;
        assert_eq!(answer.status(), status, "{path}");
        answer.json().await.unwrap()
    }

    /// Makes an endpoint; answers its path and its secret.
    async fn endpoint(&self, url: &str, events: &[&str]) -> (String, String) {
        let body = json!({ "url": url, "events": events });
        let made = self.expect(StatusCode::CREATED, Method::POST, "/webhooks", Some(&body)).await;
        let path = format!("/webhooks/{}", made["id"].as_str().unwrap());
        (path, made["secret"].as_str().unwrap().to_owned())
    }

    async fn test(&self, endpoint: &str) -> String {
        let path = format!("{endpoint}/test");
        let test = self.expect(StatusCode::ACCEPTED, Method::POST, &path, None).await;
        test["id"].as_str().unwrap().to_owned()
    }

    /// The delivery, once it has this status.
    async fn delivery(&self, endpoint: &str, id: &str, status: &str) -> Value {
        let path = format!("{endpoint}/deliveries/{id}");
        until(async || self.get_json(&path).await["status"] == status).await;
        self.get_json(&path).await
    }
}
