//! Settings of the API: addresses, logs, uploads.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::net::SocketAddr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::setting::Unit;
use super::table::settings;
use super::value::{HttpUrl, Kind, Value};
use crate::exit::Exit;

/// The fewest characters of a key that an operator chooses. A shorter one could be guessed.
const API_KEY_CHARS_MIN: usize = 32;

settings! {
    /// How the API is served.
    pub(crate) struct ServingSettings in "API" {
        /// Address and port of the API.
        listen: SocketAddr { default: "127.0.0.1:8080", placeholder: "ADDRESS:PORT" }

        /// Address that clients use, for links in answers.
        ///
        /// Without it, links use X-Forwarded-Proto and X-Forwarded-Host of a trusted proxy, or else
        /// the host that the request names.
        public_url: Option<HttpUrl> { placeholder: "URL" }

        /// Address and port of the metrics (/metrics) for Prometheus, in addition to the API.
        ///
        /// `docket work` serves its metrics only here.
        metrics_listen: Option<SocketAddr> { placeholder: "ADDRESS:PORT", example: "127.0.0.1:9090" }

        /// Serve the API only; other processes (`docket work`) run the jobs.
        no_workers: bool { default: "false", placeholder: "true|false" }

        /// This is the only API process on this Postgres: memory answers the status of unfinished jobs.
        ///
        /// With the embedded database it always does. Other API processes then refuse to start.
        sole_api_node: bool { default: "false", placeholder: "true|false" }

        /// Size limit of an upload in MiB.
        max_upload_mb: u64 { default: "500", unit: Unit::Mebibytes }

        /// Memory for job statuses in MiB.
        status_memory_mb: u64 { default: "64", unit: Unit::Mebibytes }

        /// Key of the first account, set at every start; at least 32 characters.
        api_key: Option<String> { placeholder: "KEY", is_secret: true, is_hidden: true }

        /// Log level: error, warn, info, debug, or a filter such as docket_worker=debug,info.
        ///
        /// A filter that names only parts leaves the others at info. Text of documents is never
        /// logged.
        log: LogFilter { default: "info", placeholder: "FILTER" }

        /// Collector of traces (OTLP over HTTP, JSON), for example http://localhost:4318.
        ///
        /// Each request and each execution of a job is a span, sent to /v1/traces of this address. A
        /// traceparent header of the client names the trace.
        otlp_endpoint: Option<HttpUrl> { placeholder: "URL", example: "http://localhost:4318" }

        /// Format of the log: text or json.
        log_format: LogFormat { default: "text", placeholder: "FORMAT" }
    }
}

/// Which lines of the log are written: a filter of `tracing-subscriber` without misspelt levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogFilter(pub(crate) String);

impl Value for LogFilter {
    const KIND: Kind = Kind::LogFilter;

    /// A word alone must be a level: the filter itself takes `inof` for a part of the program, and
    /// turns everything else off.
    fn from_text(text: &str) -> Option<Self> {
        let parts: Vec<&str> =
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let names_a_part = |part: &str| part.contains(['=', '[']);
        let is_level = |part: &str| part.parse::<LevelFilter>().is_ok();
        if parts.iter().any(|part| !names_a_part(part) && !is_level(part)) {
            return None;
        }
        let base = if parts.iter().any(|part| is_level(part)) { "" } else { "info," };
        let filter = format!("{base}{}", parts.join(","));
        EnvFilter::try_new(&filter).is_ok().then_some(Self(filter))
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

impl Value for LogFormat {
    const KIND: Kind = Kind::Choice(&["text", "json"]);

    fn from_text(text: &str) -> Option<Self> {
        match text.trim() {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl ServingSettings {
    /// The key that the first account gets.
    pub(super) fn first_key(&self) -> anyhow::Result<Option<String>> {
        match &self.api_key {
            Some(key) if key.chars().count() < API_KEY_CHARS_MIN => {
                Err(Exit::Usage.error(format!(
                    "DOCKET_API_KEY must have at least {API_KEY_CHARS_MIN} characters (for example \
                     the output of `openssl rand -hex 32`)"
                )))
            }
            key => Ok(key.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_level_is_refused_and_a_part_alone_leaves_the_rest_at_info() {
        let filter = |text: &str| LogFilter::from_text(text).map(|filter| filter.0);
        assert_eq!(filter("debug").as_deref(), Some("debug"));
        assert_eq!(
            filter("docket_worker=debug, warn").as_deref(),
            Some("docket_worker=debug,warn")
        );
        assert_eq!(filter("docket_worker=debug").as_deref(), Some("info,docket_worker=debug"));
        for wrong in ["inof", "warn,inof", "docket_worker", "docket_worker=debgu", "verbose"] {
            assert_eq!(filter(wrong), None, "{wrong}");
        }
    }
}
