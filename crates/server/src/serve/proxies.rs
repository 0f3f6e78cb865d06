//! Proxies whose word about a request's client is believed, and what they say.
//!
//! Anybody can send `X-Forwarded-For`. What does not come from a trusted proxy is taken out of the
//! request before any route sees it; what does is left there as `X-Forwarded-Proto` and
//! `X-Forwarded-Host`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Networks of proxies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotANetwork(String);

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a network: write 10.0.0.0/8, or an address", self.0)
    }
}

impl std::error::Error for NotANetwork {}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let refused = || NotANetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| refused())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| refused())?,
            None => bits_max,
        };
        if prefix_bits > bits_max {
            return Err(refused());
        }
        Ok(Self { address, prefix_bits })
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.prefix_bits
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.prefix_bits
            }
            _ => false,
        }
    }
}

impl TrustedProxies {
    /// Reads networks such as `10.0.0.0/8`, or addresses.
    ///
    /// # Errors
    /// If one of them is neither.
    pub fn parse<T: AsRef<str>>(networks: &[T]) -> Result<Self, NotANetwork> {
        let networks = networks.iter().map(|text| text.as_ref().trim());
        networks.filter(|text| !text.is_empty()).map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }

    /// The address of the client behind a request. Takes out of the headers what is not to be
    /// believed.
    pub(crate) fn identify(&self, peer: IpAddr, headers: &mut HeaderMap) -> IpAddr {
        if self.0.is_empty() || !self.contain(peer) {
            for name in [FOR, PROTO, HOST, FORWARDED] {
                headers.remove(name);
            }
            return peer;
        }
        if headers.contains_key(FORWARDED) {
            read_forwarded(headers);
        }
        let values = headers.get_all(FOR).into_iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = values.flat_map(|value| value.split(',')).collect();
        // The last proxy wrote the last entry; what a client made up stands before.
        let mut client = peer;
        for hop in hops.iter().rev() {
            let Some(address) = read_address(hop) else { break };
            client = address;
            if !self.contain(address) {
                break;
            }
        }
        client
    }
}

/// Writes what `Forwarded` (RFC 7239) says as the older headers, where those are missing.
fn read_forwarded(headers: &mut HeaderMap) {
    let values = headers.get_all(FORWARDED).into_iter().filter_map(|value| value.to_str().ok());
    let elements: Vec<String> = values.flat_map(|v| v.split(',')).map(str::to_owned).collect();
    let field = |element: &str, wanted: &str| {
        let (_, value) = element
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))?;
        Some(value.trim().trim_matches('"').to_owned())
    };
    let hops: Vec<String> = elements
        .iter()
        .map(|element| field(element, "for").unwrap_or_else(|| "unknown".to_owned()))
        .collect();
    let first = elements.first().map(String::as_str).unwrap_or_default();
    let headers_given = [
        (FOR, Some(hops.join(", "))),
        (PROTO, field(first, "proto")),
        (HOST, field(first, "host")),
    ];
    for (name, value) in headers_given {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.entry(name).or_insert(value);
        }
    }
}

/// An address with or without a port, with or without brackets.
fn read_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None if text.matches(':').count() == 1 => text.split(':').next()?,
        None => text,
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, headers: &[(&str, &str)], want: &str) -> HeaderMap {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8", "fd00::/8", "192.0.2.7"]).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        let client = proxies.identify(peer.parse().unwrap(), &mut map);
        assert_eq!(client, want.parse::<IpAddr>().unwrap(), "{peer} {headers:?}");
        map
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let headers_given = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")];
        assert!(check("203.0.113.1", &headers_given, "203.0.113.1").is_empty());
        assert!(
            check("203.0.113.1", &[("forwarded", "for=a;proto=https")], "203.0.113.1").is_empty()
        );
        let believed = check("10.1.2.3", &headers_given, "198.51.100.1");
        assert_eq!(believed["x-forwarded-proto"], "https");
        check("::ffff:10.1.2.3", &headers_given, "198.51.100.1");
        check("fd12::1", &headers_given, "198.51.100.1");
    }

    #[test]
    fn the_client_is_the_last_who_is_no_proxy() {
        let hops = |text| [("x-forwarded-for", text)];
        check("10.0.0.1", &hops("1.1.1.1, 198.51.100.1, 10.9.9.9"), "198.51.100.1");
        check("10.0.0.1", &hops("10.0.0.2, 10.0.0.3"), "10.0.0.2");
        check("10.0.0.1", &hops("198.51.100.1:4711"), "198.51.100.1");
        check("10.0.0.1", &hops("[2001:db8::1]:4711"), "2001:db8::1");
        check("10.0.0.1", &hops("198.51.100.1, nonsense"), "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_too() {
        let headers_given =
            r#"for="[2001:db8::1]:99";proto=https;host=docs.example.org, for=192.0.2.7"#;
        let headers = check("10.0.0.1", &[("forwarded", headers_given)], "2001:db8::1");
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-forwarded-host"], "docs.example.org");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["10.0.0.0/33", "proxy", "10.0.0/8", "::/129", "10.0.0.0/-1"] {
            assert!(TrustedProxies::parse(&[text]).is_err(), "{text}");
        }
        assert_eq!(TrustedProxies::parse(&["", " "]).unwrap(), TrustedProxies::default());
        assert!(TrustedProxies::parse(&["0.0.0.0/0"]).unwrap().contain([1, 2, 3, 4].into()));
    }
}
