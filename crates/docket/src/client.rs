//! A client of the API, for the commands that are one.

use std::time::Duration;

use anyhow::Context;
use docket_contract::wire::jobs::{JobDeleted, JobDocument, JobList};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::exit::{Exit, ExitError};

/// The time between two looks at a job, if the server does not hold the read until a change.
const PAUSE_MIN: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// How long the server may hold a read.
pub(crate) const HOLD_MAX: Duration = Duration::from_secs(20);

/// How long a server may be away while a job is waited for.
const UNREACHABLE_MAX: Duration = Duration::from_secs(60);

/// Speaks to one server with one key.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
    key: String,
}

/// What an operation takes and where.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) path: &'static str,
    /// The field of the document.
    pub(crate) file_field: &'static str,
    /// The field of an address that the server fetches the document from.
    pub(crate) url_field: &'static str,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Operation {
    /// `POST /parse` without options.
    pub(crate) const PARSE: Self = Self::of("/parse", "file", "url");
    pub(crate) const EXTRACT: Self = Self::of("/v2/extract", "pdf_file", "file_url");
    pub(crate) const CHUNK: Self = Self::of("/chunking", "document_file", "url");
    pub(crate) const CLASSIFY: Self = Self::of("/classify", "pdf_file", "file_url");
    pub(crate) const SPLIT: Self = Self::of("/splitter", "file", "file_url");

    const fn of(path: &'static str, file_field: &'static str, url_field: &'static str) -> Self {
        Self { path, file_field, url_field, fields: Vec::new() }
    }
}

/// A document on its way to the server.
pub(crate) enum Document {
    /// Bytes that are sent as they are read.
    Part(Box<Part>),
    /// An address that the server fetches.
    Url(String),
}

impl Client {
    pub(crate) fn new(base_url: &str, key: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .build()
            .context("the HTTP client cannot be created")?;
        Ok(Self { http, base_url: checked_base(base_url)?, key: key.to_owned() })
    }

    /// The address of the server.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// True if the server's address is one of this machine.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        is_loopback(host_of(&self.base_url))
    }

    /// Submits a document; returns the id of its job. The server makes one job of all requests with
    /// the same `once`.
    pub(crate) async fn submit(
        &self,
        operation: &Operation,
        document: Document,
        once: Option<&str>,
    ) -> anyhow::Result<String> {
        let created = self.create(operation, document, once).await?;
        let id = created["job_id"].as_str().context("the server's answer contains no job id")?;
        Ok(id.to_owned())
    }

    /// Submits a document; returns the whole answer.
    pub(crate) async fn create(
        &self,
        operation: &Operation,
        document: Document,
        once: Option<&str>,
    ) -> anyhow::Result<Value> {
        let mut form = Form::new();
        for (name, text) in &operation.fields {
            form = form.text(*name, text.clone());
        }
        let form = match document {
            Document::Part(part) => form.part(operation.file_field, *part),
            Document::Url(url) => form.text(operation.url_field, url),
        };
        let request = self.request(Method::POST, operation.path).multipart(form);
        let request = match once {
            Some(once) => request.header("idempotency-key", once),
            None => request,
        };
        self.read(request).await
    }

    /// The `result` of `GET /jobs/{id}/result`.
    pub(crate) async fn result(&self, id: &str) -> anyhow::Result<Value> {
        let path = format!("/jobs/{}/result", checked_id(id)?);
        let mut body: Value = self.read(self.request(Method::GET, &path)).await?;
        Ok(body["result"].take())
    }

    /// The file behind a signed link; no key is sent there.
    pub(crate) async fn download(&self, link: &str) -> anyhow::Result<Vec<u8>> {
        let response = self.http.get(link).send().await;
        let response = response.with_context(|| format!("{link} cannot be reached"))?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        Ok(response.bytes().await.context("the download was interrupted")?.into())
    }

    /// `GET /jobs/{id}`
    pub(crate) async fn job(&self, id: &str) -> anyhow::Result<JobDocument> {
        self.job_held(id, None).await
    }

    /// `GET /jobs`
    pub(crate) async fn list(&self, query: &[(&str, String)]) -> anyhow::Result<JobList> {
        self.read(self.request(Method::GET, "/jobs").query(query)).await
    }

    /// `DELETE /jobs/{id}`
    pub(crate) async fn end(&self, id: &str) -> anyhow::Result<JobDeleted> {
        self.read(self.request(Method::DELETE, &format!("/jobs/{}", checked_id(id)?))).await
    }

    /// Any endpoint that takes and gives JSON.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<T> {
        let request = self.request(method, path);
        self.read(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// `GET /parse/{id}`
    pub(crate) async fn parsed(&self, id: &str) -> anyhow::Result<Value> {
        self.read(self.request(Method::GET, &format!("/parse/{}", checked_id(id)?))).await
    }

    /// Waits until the job ends or the time is over; `seen` gets every document that differs from the
    /// one before. `None` if the time was over first. A server that cannot be reached for a moment is
    /// asked again. The server may hold each read for `hold_max` until something changes.
    pub(crate) async fn wait(
        &self,
        id: &str,
        limit: Duration,
        hold_max: Duration,
        seen: &mut (dyn FnMut(&JobDocument) + Send),
    ) -> anyhow::Result<Option<JobDocument>> {
        let end = Instant::now() + limit;
        let mut pause = PAUSE_MIN;
        let mut last: Option<JobDocument> = None;
        let mut unreachable_since: Option<Instant> = None;
        loop {
            // The server answers when something changes, so that a result is read at once.
            let asked = Instant::now();
            let hold = last.as_ref().map(|_| end.saturating_duration_since(asked).min(hold_max));
            match self.job_held(id, hold).await {
                Ok(job) => {
                    unreachable_since = None;
                    if last.as_ref() != Some(&job) {
                        seen(&job);
                        pause = PAUSE_MIN;
                    }
                    if matches!(job.status.as_str(), "COMPLETED" | "FAILED") {
                        return Ok(Some(job));
                    }
                    last = Some(job);
                }
                Err(error) => {
                    let since = *unreachable_since.get_or_insert(asked);
                    if !is_passing(&error) || since.elapsed() > UNREACHABLE_MAX {
                        return Err(error);
                    }
                }
            }
            if Instant::now() >= end {
                return Ok(None);
            }
            // A server that holds no more reads answers at once.
            let rest = pause.saturating_sub(asked.elapsed()).min(end - Instant::now());
            tokio::time::sleep(rest).await;
            pause = pause.mul_f64(1.5).min(PAUSE_MAX);
        }
    }

    async fn job_held(&self, id: &str, hold: Option<Duration>) -> anyhow::Result<JobDocument> {
        let path = format!("/jobs/{}", checked_id(id)?);
        let request = self.request(Method::GET, &path);
        self.read(match hold.map(|hold| hold.as_secs()) {
            Some(seconds) if seconds > 0 => request.query(&[("wait", seconds)]),
            _ => request,
        })
        .await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url)).header("api-key", &self.key)
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> anyhow::Result<T> {
        let response = request.send().await.map_err(|error| {
            let why = if error.is_timeout() { "it does not answer" } else { "no connection" };
            Exit::Refused.error(format!("the server {} cannot be reached: {why}", self.base_url))
        })?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        let body = response.bytes().await.context("the server's answer was interrupted")?;
        serde_json::from_slice(&body).context("the server's answer cannot be read")
    }
}

/// An address with its scheme. One without is completed for this machine; elsewhere the key would
/// be sent in the clear to a server that may speak TLS.
fn checked_base(given: &str) -> anyhow::Result<String> {
    let text = given.trim().trim_end_matches('/');
    let complete = match text.split_once("://") {
        Some((scheme, _)) if ["http", "https"].contains(&scheme.to_lowercase().as_str()) => {
            text.to_owned()
        }
        None if is_loopback(host_of(text)) => format!("http://{text}"),
        _ => {
            return Err(Exit::Usage.error(format!(
                "the address '{text}' must start with http:// or https:// (--url, DOCKET_URL)"
            )));
        }
    };
    reqwest::Url::parse(&complete)
        .map_err(|error| Exit::Usage.error(format!("the address '{text}': {error} (--url)")))?;
    Ok(complete)
}

/// The host of an address with or without scheme.
fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An id that goes into a path.
fn checked_id(id: &str) -> anyhow::Result<&str> {
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Ok(id);
    }
    Err(Exit::Usage.error(format!("'{id}' is not a job id")))
}

/// True for an error that may go away by itself: no connection, or a server that is overloaded or
/// restarting.
pub(crate) fn is_passing(error: &anyhow::Error) -> bool {
    let Some(error) = error.downcast_ref::<ExitError>() else { return false };
    error.exit == Exit::Refused
        && error.status.is_none_or(|status| matches!(status, 429 | 502 | 503 | 504))
}

async fn refusal(response: Response) -> anyhow::Error {
    let status = response.status();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after_s = retry_after.and_then(|seconds| seconds.trim().parse().ok());
    let body: Value = response.json().await.unwrap_or_default();
    let detail = match &body["detail"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(fields) => {
            fields.iter().filter_map(field_refusal).collect::<Vec<_>>().join("; ")
        }
        other => other["message"].as_str().map_or_else(|| other.to_string(), str::to_owned),
    };
    let hint = if status == StatusCode::UNAUTHORIZED {
        " (--api-key or DOCKET_API_KEY sets the key)"
    } else {
        ""
    };
    anyhow::Error::new(ExitError {
        exit: Exit::Refused,
        text: format!("the server refused: {} {detail}{hint}", status.as_u16()),
        status: Some(status.as_u16()),
        retry_after_s,
    })
}

/// What is wrong with a field, from an entry of form validation.
fn field_refusal(entry: &Value) -> Option<String> {
    let field = entry["loc"].as_array()?.get(1)?.as_str().unwrap_or("body");
    Some(format!("{field}: {}", entry["msg"].as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_scheme_is_completed_on_this_machine_and_refused_elsewhere() {
        for (given, complete) in [
            ("localhost:8080", "http://localhost:8080"),
            ("127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("https://docs.example.com/docket/", "https://docs.example.com/docket"),
        ] {
            assert_eq!(checked_base(given).unwrap(), complete);
        }
        for wrong in ["docs.example.com", "ftp://localhost", "", "http://"] {
            let error = checked_base(wrong).unwrap_err();
            assert_eq!(Exit::of_error(&error), Exit::Usage, "{wrong}");
        }
        assert!(is_loopback(host_of("http://127.0.0.1:8080/x")));
        assert!(!is_loopback(host_of("https://10.0.0.7")));
    }
}
