//! Fetches documents by URL, from public addresses only.
//!
//! Each address is resolved and judged before it is connected to, and the connection goes to the
//! very address that was judged: a name that answers differently the second time gains nothing.
//! Redirects are followed by hand, so each is judged again.

use std::net::{IpAddr, SocketAddr};

use docket_jobs::{Claim, FetchedDocument, Jobs, fetched_media_type, is_public};
use reqwest::header::LOCATION;
use reqwest::{Client, Response, StatusCode, Url, redirect};

use crate::settings::FetchSettings;

/// Fetches documents.
#[derive(Debug)]
pub(crate) struct Fetcher {
    settings: FetchSettings,
}

/// A document could not be fetched. The texts are for the job's owner.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// It would be the same again.
    #[error("{0}")]
    Final(String),
    /// It may go better later.
    #[error("{0}")]
    Passing(String),
    /// Our own storage failed.
    #[error(transparent)]
    Storage(docket_jobs::Error),
}

impl Fetcher {
    pub(crate) fn new(settings: FetchSettings) -> Self {
        Self { settings }
    }

    /// Fetches into a fresh blob.
    pub(crate) async fn fetch(
        &self,
        jobs: &Jobs,
        claim: &Claim,
        url: &str,
    ) -> Result<FetchedDocument, FetchError> {
        match tokio::time::timeout(self.settings.timeout, self.fetch_untimed(jobs, claim, url))
            .await
        {
            Ok(fetched) => fetched,
            Err(_) => Err(FetchError::Passing(format!(
                "The URL was not fetched within {} seconds",
                self.settings.timeout.as_secs()
            ))),
        }
    }

    async fn fetch_untimed(
        &self,
        jobs: &Jobs,
        claim: &Claim,
        url: &str,
    ) -> Result<FetchedDocument, FetchError> {
        let mut response = self.open(url).await?;
        let mut upload = jobs.begin_fetched();
        while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&error))? {
            upload.write(piece).await.map_err(|error| match error {
                docket_jobs::Error::UploadTooLarge { limit_bytes, .. } => FetchError::Final(
                    format!("The document at the URL is larger than {limit_bytes} bytes"),
                ),
                other => FetchError::Storage(other),
            })?;
        }
        if upload.is_empty() {
            return Err(FetchError::Final("The URL gave an empty document".to_owned()));
        }
        let uploaded = upload.finish().await.map_err(FetchError::Storage)?;
        let name = &claim.job().document.name;
        let media_type = match fetched_media_type(claim.spec(), uploaded.media_type, name) {
            Ok(media_type) => media_type,
            Err(error) => {
                jobs.discard(&uploaded.blob_key).await;
                return Err(FetchError::Final(format!("The document at the URL: {error}")));
            }
        };
        Ok(FetchedDocument {
            sha256: uploaded.sha256,
            size_bytes: i64::try_from(uploaded.size_bytes).unwrap_or(i64::MAX),
            media_type: media_type.to_owned(),
            blob_key: uploaded.blob_key,
        })
    }

    /// Follows redirects to the first answer that is none.
    async fn open(&self, url: &str) -> Result<Response, FetchError> {
        let mut url = Url::parse(url).map_err(|_| not_fetchable("it is not a valid URL"))?;
        for _ in 0..=self.settings.redirects_max {
            let response = self.get(url.clone()).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            if !status.is_redirection() {
                return Err(refused(status));
            }
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = to
                .and_then(|to| url.join(to).ok())
                .ok_or_else(|| not_fetchable("it redirects to nowhere"))?;
        }
        Err(not_fetchable("it redirects too often"))
    }

    async fn get(&self, url: Url) -> Result<Response, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(not_fetchable("only http and https are fetched"));
        }
        let host = url.host_str().ok_or_else(|| not_fetchable("it names no host"))?.to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let addresses = self.judged_addresses(&host, port).await?;
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .resolve_to_addrs(&host, &addresses)
            .connect_timeout(std::time::Duration::from_secs(10))
            .build()
            .map_err(|error| unreachable(&error))?;
        client.get(url).send().await.map_err(|error| unreachable(&error))
    }

    /// The host's addresses; refused if any of them is not public.
    async fn judged_addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, FetchError> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let addresses: Vec<SocketAddr> = match literal {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((host, port))
                .await
                .map_err(|_| {
                    FetchError::Passing("The URL's host name could not be resolved".to_owned())
                })?
                .collect(),
        };
        if addresses.is_empty() {
            return Err(FetchError::Passing("The URL's host name has no address".to_owned()));
        }
        if !self.settings.allow_private_hosts && !addresses.iter().all(|a| is_public(a.ip())) {
            return Err(not_fetchable("its host is not on the public internet"));
        }
        Ok(addresses)
    }
}

fn not_fetchable(why: &str) -> FetchError {
    FetchError::Final(format!("The URL cannot be fetched: {why}"))
}

fn refused(status: StatusCode) -> FetchError {
    let text = format!("The URL answered with status {}", status.as_u16());
    let passing = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    if passing { FetchError::Passing(text) } else { FetchError::Final(text) }
}

fn unreachable(error: &reqwest::Error) -> FetchError {
    let why = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection could be made"
    } else {
        "the connection broke"
    };
    FetchError::Passing(format!("The URL could not be fetched: {why}"))
}
