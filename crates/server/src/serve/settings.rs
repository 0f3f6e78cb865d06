//! The numbers of connections.

use std::time::Duration;

use super::proxies::TrustedProxies;

/// Limits and times of connections.
#[derive(Clone, Debug)]
pub struct ConnectionSettings {
    /// Connections at the same time. Near it, silent ones are closed, the oldest first.
    pub connections_max: usize,
    /// Connections at the same time from one address (of IPv6: from one /64), of those that have
    /// not yet sent a request with a valid key.
    pub connections_per_address: usize,
    /// How long the head of a request may take, from its first byte; and the first head of a
    /// connection from its beginning.
    pub head: Duration,
    /// How long a connection stays open between requests.
    pub idle: Duration,
    /// How long a client may take nothing of an answer that is there.
    pub stall: Duration,
    /// How long the body of a request may fail to come, in all.
    pub body_grace: Duration,
    /// Bytes of a body that earn a second of it back.
    pub body_bytes_per_s_min: u32,
    /// How often all this is looked after.
    pub tick: Duration,
    /// Whose word about a request's client is believed.
    pub trusted_proxies: TrustedProxies,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            connections_per_address: 5_000,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            body_grace: Duration::from_secs(30),
            // A tenth of what the slowest mobile networks carry.
            body_bytes_per_s_min: 1024,
            tick: Duration::from_millis(250),
            trusted_proxies: TrustedProxies::default(),
        }
    }
}
