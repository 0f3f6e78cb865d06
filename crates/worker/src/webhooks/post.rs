//! One attempt: a POST without redirects, bounded in time, whose answer's body is not kept.

use std::time::Duration;

use docket_jobs::{Refusal, SignedMessage};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};

use super::resolver::{NotPublic, PublicResolver, names_public_host};

/// Bytes of an answer that are read so that the connection can serve the next attempt; one with
/// more is closed.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Time for that.
const BODY_TIME_MAX: Duration = Duration::from_secs(1);

/// Connections that are kept for the next attempts at a host, and for how long.
const IDLE_PER_HOST_MAX: usize = 16;
const IDLE_MAX: Duration = Duration::from_secs(10);

/// How we call ourselves.
const USER_AGENT: &str = concat!("Docket/", env!("CARGO_PKG_VERSION"), " (webhooks)");

/// Posts messages.
pub(super) struct Poster {
    client: Client,
    timeout: Duration,
    allow_private_hosts: bool,
}

/// The outcome of a POST.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status_code: Option<u16>,
    pub(super) refusal: Option<Refusal>,
}

impl Poster {
    pub(super) fn new(timeout: Duration, allow_private_hosts: bool) -> reqwest::Result<Self> {
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(timeout)
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_PER_HOST_MAX);
        let builder =
            if allow_private_hosts { builder } else { builder.dns_resolver(PublicResolver) };
        Ok(Self { client: builder.build()?, timeout, allow_private_hosts })
    }

    pub(super) async fn post(&self, url: &str, message: SignedMessage) -> Answer {
        let Ok(url) = Url::parse(url) else {
            return refused(None, "The URL is not valid".to_owned());
        };
        if !self.allow_private_hosts && !names_public_host(&url) {
            return refused(None, not_public());
        }
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp_s.to_string())
            .header("webhook-signature", message.signature)
            .body(message.body);
        match tokio::time::timeout(self.timeout, request.send()).await {
            Ok(Ok(response)) => {
                let answer = judge(response.status(), response.headers());
                // The status has decided; a body that does not end changes nothing.
                let _ = tokio::time::timeout(BODY_TIME_MAX, drop_body(response)).await;
                answer
            }
            Ok(Err(error)) => refused(None, reason(&error)),
            Err(_) => refused(None, format!("No answer within {} s", self.timeout.as_secs_f64())),
        }
    }
}

/// Reads the body up to its limit and drops it.
async fn drop_body(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(piece)) = response.chunk().await {
        read += piece.len();
        if read > ANSWER_BYTES_MAX {
            break;
        }
    }
}

fn judge(status: StatusCode, headers: &HeaderMap) -> Answer {
    let code = Some(status.as_u16());
    if status.is_success() {
        return Answer { status_code: code, refusal: None };
    }
    let text = if status.is_redirection() {
        format!("It answered {}: redirects are not followed", status.as_u16())
    } else {
        format!("It answered {}", status.as_u16())
    };
    let mut answer = refused(code, text);
    if let Some(refusal) = &mut answer.refusal {
        refusal.gone = status == StatusCode::GONE;
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let seconds = seconds.and_then(|text| text.trim().parse().ok());
        refusal.retry_after = seconds.map(Duration::from_secs);
    }
    answer
}

fn refused(status_code: Option<u16>, error: String) -> Answer {
    Answer { status_code, refusal: Some(Refusal { error, gone: false, retry_after: None }) }
}

fn not_public() -> String {
    "The URL's host is not on the public internet".to_owned()
}

fn reason(error: &reqwest::Error) -> String {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return not_public();
        }
        source = cause.source();
    }
    let why = if error.is_timeout() {
        "no connection was made in time"
    } else if error.is_connect() {
        "no connection could be made"
    } else {
        "the connection broke"
    };
    format!("It could not be reached: {why}")
}
