//! Absolute links to files, from the address by which clients reach this server.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use docket_contract::JobId;
use docket_contract::timestamp::Timestamp;
use docket_jobs::{LinkSigner, Linked};

use crate::ServerState;
use crate::problem::{Family, Problem};

/// Makes the links of one answer.
pub(crate) struct Links {
    base: String,
    signer: LinkSigner,
    now: Timestamp,
}

impl Links {
    /// Links for the sender of these headers.
    pub(crate) async fn new(state: &ServerState, headers: &HeaderMap) -> Result<Self, Problem> {
        let signer = state.jobs.link_signer().await;
        let signer = signer.map_err(|error| Problem::of(error, Family::Jobs))?;
        Ok(Self { base: base_url(state, headers), signer, now: state.jobs.now() })
    }

    /// The address of a path of this server.
    pub(crate) fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A link by which the job's document can be uploaded until then.
    pub(crate) fn to_upload(&self, job: JobId, expires: Timestamp) -> String {
        self.absolute(&self.signer.upload_path(job, expires.timestamp()))
    }

    /// A link that lasts an hour.
    pub(crate) fn to(&self, job: JobId, linked: Linked) -> String {
        self.absolute(&self.signer.path(job, linked, self.now))
    }
}

/// The configured public address, or the one that the request came by: what a proxy says of it, or
/// the host that it names.
fn base_url(state: &ServerState, headers: &HeaderMap) -> String {
    if let Some(url) = &state.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let text = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok())?;
        let first = value.split(',').next().unwrap_or_default().trim();
        let clean = first.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(c));
        (clean && !first.is_empty()).then(|| first.to_owned())
    };
    let scheme = match text("x-forwarded-proto").as_deref() {
        Some("https") => "https",
        _ => "http",
    };
    let host = text("x-forwarded-host").or_else(|| text(HOST.as_str()));
    format!("{scheme}://{}", host.unwrap_or_else(|| "localhost".to_owned()))
}
