//! Sends spans to a collector: OTLP over HTTP in its JSON form, which needs no further crate.

use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use docket_jobs::{Span, SpanKind, receive_spans};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Spans that wait to be sent; more are dropped.
const WAITING_MAX: usize = 4096;

/// Spans of one request.
const BATCH_MAX: usize = 512;

/// How long spans are gathered.
const GATHER: Duration = Duration::from_secs(1);

const TIMEOUT: Duration = Duration::from_secs(10);

/// The sender of spans.
pub(crate) struct Traces {
    task: JoinHandle<()>,
    end: CancellationToken,
}

impl Traces {
    /// Begins to record spans and to send them, if a collector is set.
    pub(crate) fn start(endpoint: Option<&str>) -> anyhow::Result<Option<Self>> {
        let Some(endpoint) = endpoint else { return Ok(None) };
        let Some(spans) = receive_spans(WAITING_MAX) else { return Ok(None) };
        let http = reqwest::Client::builder().timeout(TIMEOUT).build();
        let http = http.context("the client of the collector cannot be created")?;
        let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        let end = CancellationToken::new();
        let task = tokio::spawn(send_all(http, url, spans, end.clone()));
        Ok(Some(Self { task, end }))
    }

    /// Sends the last spans, when everything else has stopped.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.end.cancel();
        self.task.await.context("the sender of traces panicked")
    }
}

async fn send_all(
    http: reqwest::Client,
    url: String,
    mut spans: Receiver<Span>,
    end: CancellationToken,
) {
    let mut is_failing = false;
    loop {
        let mut batch = Vec::new();
        end.run_until_cancelled(spans.recv_many(&mut batch, BATCH_MAX)).await;
        // More of them come soon.
        end.run_until_cancelled(tokio::time::sleep(GATHER)).await;
        while batch.len() < BATCH_MAX
            && let Ok(span) = spans.try_recv()
        {
            batch.push(span);
        }
        if batch.is_empty() && end.is_cancelled() {
            return;
        }
        let sent = http.post(&url).json(&request(&batch)).send().await;
        let sent = sent.and_then(reqwest::Response::error_for_status);
        match sent {
            Ok(_) if is_failing => {
                is_failing = false;
                tracing::info!("the collector of traces accepts spans again");
            }
            Err(error) if !is_failing => {
                is_failing = true;
                let error = error.without_url();
                tracing::warn!(%error, "the collector of traces cannot be reached; spans are lost");
            }
            _ => {}
        }
    }
}

/// The body of a request with these spans.
fn request(spans: &[Span]) -> Value {
    let spans: Vec<Value> = spans.iter().map(span).collect();
    let service = [("service.name", "docket"), ("service.version", env!("CARGO_PKG_VERSION"))];
    let service: Vec<Value> = service.iter().map(|(key, value)| attribute(key, value)).collect();
    json!({ "resourceSpans": [{
        "resource": { "attributes": service },
        "scopeSpans": [{ "scope": { "name": "docket" }, "spans": spans }],
    }] })
}

fn span(span: &Span) -> Value {
    let attributes: Vec<Value> =
        span.attributes.iter().map(|(key, value)| attribute(key, value)).collect();
    let end = now().saturating_sub(Instant::now().saturating_duration_since(span.ended));
    json!({
        "traceId": span.context.trace_id,
        "spanId": span.context.span_id,
        "parentSpanId": span.parent_id.as_deref().unwrap_or_default(),
        "name": span.name,
        "kind": match span.kind {
            SpanKind::Server => 2,
            SpanKind::Consumer => 5,
        },
        "startTimeUnixNano": end.saturating_sub(span.duration).as_nanos().to_string(),
        "endTimeUnixNano": end.as_nanos().to_string(),
        "attributes": attributes,
        "status": { "code": if span.is_failure { 2 } else { 0 } },
    })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// The time since 1970.
#[expect(clippy::disallowed_methods, reason = "a collector compares the clocks of nodes itself")]
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
