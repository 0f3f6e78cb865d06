//! Settings of connections: how many, from where, and which proxies are trusted.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::time::Duration;

use docket_server::{AccountSlots, ConnectionSettings as ServerSettings, TrustedProxies};

use super::setting::Unit;
use super::table::settings;
use crate::exit::Exit;
use crate::limits::open_files_max;

/// The largest default of connections_max.
const CONNECTIONS_DEFAULT_MAX: usize = 50_000;

/// Files that are kept for other uses than connections: an eighth of all, and at least this many.
const OTHER_FILES_MIN: usize = 64;

/// The largest default of the streams and held reads of one account.
const HELD_DEFAULT_MAX: usize = 1_000;

settings! {
    /// Limits of connections.
    pub(crate) struct ConnectionSettings in "Connections" {
        /// Connections at the same time.
        ///
        /// At the limit, silent connections are closed, the oldest first.
        connections_max: Option<usize> {
            default_words: "seven eighths of the limit of open files, at most 50000",
            example: "896",
            min: 1,
        }

        /// Connections from one address that have sent no request with a valid key.
        ///
        /// For IPv6: from one /64 network.
        connections_per_address: Option<usize> {
            default_words: "half of the limit of open files",
            example: "512",
            min: 1,
        }

        /// Networks of trusted proxies, for example 10.0.0.0/8,fd00::/8.
        ///
        /// Their X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host and Forwarded headers are used.
        /// Behind a proxy that is not listed, all clients count as one address, and links name the
        /// host that the proxy requests.
        trusted_proxies: Vec<String> { placeholder: "NETWORKS", default_words: "none" }

        /// Seconds in which the head of a request must arrive.
        ///
        /// A body may stall for 30 s in total; each KiB received gives one second back.
        head_s: u64 { default: "10", min: 1, unit: Unit::Seconds }

        /// Seconds that a connection stays open between requests.
        idle_s: u64 { default: "30", min: 1, unit: Unit::Seconds }

        /// Event streams that one account may hold open in this process; more get 429.
        streams_per_account: Option<usize> {
            default_words: "a quarter of connections_max, at most 1000",
            example: "224",
        }

        /// Status reads of one account that wait for a change at the same time; more are answered at once.
        held_reads_per_account: Option<usize> {
            default_words: "a quarter of connections_max, at most 1000",
            example: "224",
        }

        /// Requests of one account that are processed at the same time; more get 429.
        requests_per_account: Option<usize> {
            default_words: "half of connections_max",
            example: "448",
            min: 1,
        }
    }
}

impl ConnectionSettings {
    /// The settings of the server.
    pub(super) fn server(&self) -> anyhow::Result<ServerSettings> {
        let trusted_proxies = TrustedProxies::parse(&self.trusted_proxies)
            .map_err(|error| Exit::Usage.error(format!("trusted_proxies: {error}")))?;
        Ok(ServerSettings {
            connections_max: self.connections_max(),
            connections_per_address: self
                .connections_per_address
                .unwrap_or((open_files_max() / 2).max(1)),
            head: Duration::from_secs(self.head_s),
            idle: Duration::from_secs(self.idle_s),
            trusted_proxies,
            ..ServerSettings::default()
        })
    }

    /// What one account may hold.
    pub(super) fn slots(&self) -> AccountSlots {
        let connections_max = self.connections_max();
        let held = (connections_max / 4).clamp(1, HELD_DEFAULT_MAX);
        AccountSlots::new(
            self.streams_per_account.unwrap_or(held),
            self.held_reads_per_account.unwrap_or(held),
            self.requests_per_account.unwrap_or((connections_max / 2).max(1)),
        )
    }

    fn connections_max(&self) -> usize {
        let files = open_files_max();
        let left = files.saturating_sub((files / 8).max(OTHER_FILES_MIN));
        self.connections_max.unwrap_or(left.min(CONNECTIONS_DEFAULT_MAX)).max(1)
    }
}
