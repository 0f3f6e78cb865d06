//! A client of the API, for the commands that are one.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use docket_contract::wire::jobs::{JobDeleted, JobDocument, JobList};
use docket_contract::wire::parse::ParseCreated;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::exit::Exit;

/// Speaks to one server with one key.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
    key: String,
}

/// The fields of a parse in addition to its file.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParseFields {
    pub(crate) page_range: Option<String>,
    pub(crate) password: Option<String>,
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

    /// Submits a file, streamed from disk.
    pub(crate) async fn submit(
        &self,
        file: &Path,
        fields: &ParseFields,
    ) -> anyhow::Result<ParseCreated> {
        let part = Part::file(file).await.map_err(|error| {
            Exit::Usage.error(format!("{} cannot be read: {error}", file.display()))
        })?;
        self.submit_part(part, fields).await
    }

    /// Submits bytes.
    pub(crate) async fn submit_bytes(
        &self,
        bytes: Vec<u8>,
        name: &str,
    ) -> anyhow::Result<ParseCreated> {
        let part = Part::bytes(bytes).file_name(name.to_owned());
        self.submit_part(part, &ParseFields::default()).await
    }

    async fn submit_part(&self, part: Part, fields: &ParseFields) -> anyhow::Result<ParseCreated> {
        let mut form = Form::new();
        for (name, text) in [("page_range", &fields.page_range), ("password", &fields.password)] {
            if let Some(text) = text {
                form = form.text(name, text.clone());
            }
        }
        let request = self.request(Method::POST, "/parse").multipart(form.part("file", part));
        self.read(request).await
    }

    /// Submits a file to any operation; returns the id of the job.
    pub(crate) async fn submit_to(
        &self,
        path: &str,
        file_field: &str,
        file: &Path,
        fields: &[(&str, String)],
    ) -> anyhow::Result<String> {
        let part = Part::file(file).await.map_err(|error| {
            Exit::Usage.error(format!("{} cannot be read: {error}", file.display()))
        })?;
        let mut form = Form::new();
        for (name, text) in fields {
            form = form.text((*name).to_owned(), text.clone());
        }
        let form = form.part(file_field.to_owned(), part);
        let created: Value = self.read(self.request(Method::POST, path).multipart(form)).await?;
        let id = created["job_id"].as_str().context("the server's answer contains no job id")?;
        Ok(id.to_owned())
    }

    /// The `result` of `GET /jobs/{id}/result`.
    pub(crate) async fn result(&self, id: &str) -> anyhow::Result<Value> {
        let path = format!("/jobs/{id}/result");
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
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(Exit::Usage.error(format!("'{id}' is not a job id")));
        }
        self.read(self.request(Method::GET, &format!("/jobs/{id}"))).await
    }

    /// `GET /jobs`
    pub(crate) async fn list(&self, query: &[(&str, String)]) -> anyhow::Result<JobList> {
        self.read(self.request(Method::GET, "/jobs").query(query)).await
    }

    /// `DELETE /jobs/{id}`
    pub(crate) async fn end(&self, id: &str) -> anyhow::Result<JobDeleted> {
        self.read(self.request(Method::DELETE, &format!("/jobs/{id}"))).await
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
        self.read(self.request(Method::GET, &format!("/parse/{id}"))).await
    }

    /// Polls until the job ends or the time is over; `seen` gets every document that differs from
    /// the one before. `None` if the time was over first.
    pub(crate) async fn wait(
        &self,
        id: &str,
        limit: Duration,
        seen: &mut (dyn FnMut(&JobDocument) + Send),
    ) -> anyhow::Result<Option<JobDocument>> {
        let end = Instant::now() + limit;
        let mut pause = Duration::from_millis(5);
        let mut last = None;
        loop {
            let job = self.job(id).await?;
            if last.as_ref() != Some(&job) {
                seen(&job);
            }
            if matches!(job.status.as_str(), "COMPLETED" | "FAILED") {
                return Ok(Some(job));
            }
            last = Some(job);
            if Instant::now() + pause > end {
                return Ok(None);
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.2).min(Duration::from_secs(1));
        }
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

async fn refusal(response: Response) -> anyhow::Error {
    let status = response.status();
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
    Exit::Refused.error(format!("the server refused: {} {detail}{hint}", status.as_u16()))
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
