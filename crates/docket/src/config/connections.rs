//! How many connections there may be, of whom, and whose word about a client is believed.

use std::time::Duration;

use clap::Args;
use docket_server::{AccountSlots, ConnectionSettings, TrustedProxies};
use serde::Deserialize;

use crate::exit::Exit;
use crate::limits::open_files_max;

/// Connections at the same time unless set, where the system would allow more.
const CONNECTIONS_DEFAULT_MAX: usize = 50_000;

/// Files that are kept for everything but connections: an eighth of all, but so many at least.
const OTHER_FILES_MIN: usize = 64;

/// Streams and held reads of one account unless set, where there is room for many.
const HELD_DEFAULT_MAX: usize = 1_000;

/// The limits of connections.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct ConnectionOptions {
    /// Connections at the same time [default: seven eighths of the limit of open files, 50000 at
    /// most]
    #[arg(long, env = "DOCKET_CONNECTIONS_MAX", value_name = "N", help_heading = "Connections")]
    pub(crate) connections_max: Option<usize>,
    /// Connections from one address that have shown no valid key [default: half of the limit of
    /// open files]
    #[arg(
        long,
        env = "DOCKET_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        help_heading = "Connections"
    )]
    pub(crate) connections_per_address: Option<usize>,
    /// Proxies whose X-Forwarded-* and Forwarded headers are believed: 10.0.0.0/8,fd00::/8
    #[arg(
        long,
        env = "DOCKET_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ',',
        help_heading = "Connections"
    )]
    pub(crate) trusted_proxies: Option<Vec<String>>,
    /// Seconds in which the head of a request must arrive [default: 10]
    #[arg(long, env = "DOCKET_HEAD_S", value_name = "S", help_heading = "Connections")]
    pub(crate) head_s: Option<u64>,
    /// Seconds that a connection stays open between requests [default: 30]
    #[arg(long, env = "DOCKET_IDLE_S", value_name = "S", help_heading = "Connections")]
    pub(crate) idle_s: Option<u64>,
    /// Streams of events that one account may hold open [default: a quarter of connections_max, 1000
    /// at most]
    #[arg(
        long,
        env = "DOCKET_STREAMS_PER_ACCOUNT",
        value_name = "N",
        help_heading = "Connections"
    )]
    pub(crate) streams_per_account: Option<usize>,
    /// Status reads of one account that are held at the same time; more are answered at once
    /// [default: a quarter of connections_max, 1000 at most]
    #[arg(
        long,
        env = "DOCKET_HELD_READS_PER_ACCOUNT",
        value_name = "N",
        help_heading = "Connections"
    )]
    pub(crate) held_reads_per_account: Option<usize>,
    /// Requests of one account that are worked on at the same time [default: half of
    /// connections_max]
    #[arg(
        long,
        env = "DOCKET_REQUESTS_PER_ACCOUNT",
        value_name = "N",
        help_heading = "Connections"
    )]
    pub(crate) requests_per_account: Option<usize>,
}

impl ConnectionOptions {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            connections_max: self.connections_max.or(other.connections_max),
            connections_per_address: self.connections_per_address.or(other.connections_per_address),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            head_s: self.head_s.or(other.head_s),
            idle_s: self.idle_s.or(other.idle_s),
            streams_per_account: self.streams_per_account.or(other.streams_per_account),
            held_reads_per_account: self.held_reads_per_account.or(other.held_reads_per_account),
            requests_per_account: self.requests_per_account.or(other.requests_per_account),
        }
    }

    /// The settings of connections.
    pub(super) fn checked(&self) -> anyhow::Result<ConnectionSettings> {
        let defaults = ConnectionSettings::default();
        let networks = self.trusted_proxies.clone().unwrap_or_default();
        let trusted_proxies = TrustedProxies::parse(&networks)
            .map_err(|error| Exit::Usage.error(format!("trusted_proxies: {error}")))?;
        let seconds =
            |given: Option<u64>, default| given.map_or(default, |s| Duration::from_secs(s.max(1)));
        Ok(ConnectionSettings {
            connections_max: self.connections_max(),
            connections_per_address: self
                .connections_per_address
                .unwrap_or(open_files_max() / 2)
                .max(1),
            head: seconds(self.head_s, defaults.head),
            idle: seconds(self.idle_s, defaults.idle),
            trusted_proxies,
            ..defaults
        })
    }

    /// What one account may hold.
    pub(super) fn slots(&self) -> AccountSlots {
        let connections_max = self.connections_max();
        let held = (connections_max / 4).clamp(1, HELD_DEFAULT_MAX);
        AccountSlots::new(
            self.streams_per_account.unwrap_or(held),
            self.held_reads_per_account.unwrap_or(held),
            self.requests_per_account.unwrap_or(connections_max / 2).max(1),
        )
    }

    fn connections_max(&self) -> usize {
        let files = open_files_max();
        let left = files.saturating_sub((files / 8).max(OTHER_FILES_MIN));
        self.connections_max.unwrap_or(left.min(CONNECTIONS_DEFAULT_MAX)).max(1)
    }
}
