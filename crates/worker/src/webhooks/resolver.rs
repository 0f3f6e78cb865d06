//! Resolves names to public addresses only. The HTTP client connects to the very addresses that
//! were judged here, so a name that answers differently the second time gains nothing.

use std::net::{IpAddr, SocketAddr};

use docket_jobs::is_public;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The address is not on the public internet.
#[derive(Debug, thiserror::Error)]
#[error("not on the public internet")]
pub(super) struct NotPublic;

/// Refuses a name if any of its addresses is not public.
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !found.iter().all(|address| is_public(address.ip())) {
                return Err(Box::new(NotPublic) as _);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Judges a URL whose host is an address: no resolver is asked for those.
pub(super) fn names_public_host(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    // A name is judged when it is resolved.
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    literal.map_or(true, is_public)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, want: bool) {
        assert_eq!(names_public_host(&Url::parse(url).unwrap()), want, "{url}");
    }

    #[test]
    fn addresses_are_judged_in_every_spelling() {
        check("http://8.8.8.8/", true);
        check("https://[2606:4700::1111]/", true);
        check("https://example.org/", true);
        for private in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
        ] {
            check(private, false);
        }
    }
}
