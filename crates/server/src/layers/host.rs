//! The host of a request: exactly one, or its target is not clear.

use axum::extract::Request;
use axum::http::Version;
use axum::http::header::HOST;

/// False for a request with two hosts, and for one of HTTP/1.1 without any (RFC 9112 3.2).
pub(crate) fn has_one_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => false,
        (None, None) => request.version() != Version::HTTP_11,
        (Some(_), None) => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn one_host_and_no_other() {
        let with = |version, hosts: &[&str]| {
            let mut request = Request::builder().version(version);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            has_one_host(&request.body(Body::empty()).unwrap())
        };
        assert!(with(Version::HTTP_11, &["a"]) && with(Version::HTTP_2, &[]));
        assert!(with(Version::HTTP_10, &[]));
        assert!(!with(Version::HTTP_11, &[]) && !with(Version::HTTP_11, &["a", "a"]));
        assert!(!with(Version::HTTP_2, &["a", "b"]) && !with(Version::HTTP_10, &["a", "b"]));
    }
}
