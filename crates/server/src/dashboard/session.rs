//! Who looks: the account behind the session in the cookie.
//!
//! The cookie opens the dashboard's pages only, and those change nothing. Log-in and log-out are
//! taken from pages of this server alone: no other site can log anybody in or out.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use docket_jobs::{Caller, SESSION_LIFETIME_S};

use crate::ServerState;
use crate::layers::client::Client;

/// The cookie's name.
const NAME: &str = "docket_session";

/// The account that has logged in, if one has.
pub(super) struct Session(pub(super) Option<Caller>);

impl FromRequestParts<ServerState> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &ServerState,
    ) -> Result<Self, Infallible> {
        let Some(token) = token_of_cookie(&parts.headers) else { return Ok(Self(None)) };
        let found = state.jobs.find_session(token).await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "session was not checked");
            None
        });
        if found.is_some()
            && let Some(client) = parts.extensions.get::<Client>()
        {
            client.is_known();
        }
        Ok(Self(found))
    }
}

fn token_of_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == NAME).map(|(_, token)| token.trim())
}

/// The field `key` of the login's form.
pub(super) fn key_of_form(body: &[u8]) -> String {
    let mut fields = form_urlencoded::parse(body);
    let key = fields.find(|(name, _)| name == "key");
    key.map(|(_, key)| key.trim().to_owned()).unwrap_or_default()
}

/// The cookie of a session.
pub(super) fn started(state: &ServerState, headers: &HeaderMap, token: &str) -> HeaderValue {
    let text =
        format!("{NAME}={token}; Max-Age={SESSION_LIFETIME_S}{}", attributes(state, headers));
    HeaderValue::try_from(text).expect("a token is ASCII")
}

/// The cookie that ends a session.
pub(super) fn ended(state: &ServerState, headers: &HeaderMap) -> HeaderValue {
    let text = format!("{NAME}=; Max-Age=0{}", attributes(state, headers));
    HeaderValue::try_from(text).expect("made of ASCII")
}

/// No script reads it, no other site sends it, and what came over TLS goes over nothing else.
fn attributes(state: &ServerState, headers: &HeaderMap) -> &'static str {
    if is_https(state.public_url.as_deref(), headers) {
        "; Path=/; HttpOnly; SameSite=Strict; Secure"
    } else {
        "; Path=/; HttpOnly; SameSite=Strict"
    }
}

/// Whether clients reach this server over TLS: by its public address, or as a trusted proxy says.
fn is_https(public_url: Option<&str>, headers: &HeaderMap) -> bool {
    let starts =
        |url: &str| url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let first = proto.map(|value| value.split(',').next().unwrap_or_default().trim());
    public_url.is_some_and(starts) || first.is_some_and(|first| first.eq_ignore_ascii_case("https"))
}

/// True for a request that comes from a page of this server, or from no page at all. Browsers say
/// where a form comes from; programs, which say nothing, are led by nobody else.
pub(super) fn is_of_own_page(public_url: Option<&str>, headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_ascii_lowercase);
    if let Some(site) = headers.get("sec-fetch-site").map(text) {
        return matches!(site.as_deref(), Some("same-origin" | "none"));
    }
    let Some(origin) = headers.get(ORIGIN).map(text) else { return true };
    let Some(host) = origin.as_deref().and_then(authority) else { return false };
    let public = public_url.map(str::to_ascii_lowercase);
    let named = [headers.get("x-forwarded-host"), headers.get(HOST)];
    let mut named = named.into_iter().flatten().filter_map(text);
    public.as_deref().and_then(authority) == Some(host) || named.any(|named| named == host)
}

/// The host and port of a URL.
fn authority(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split('/').next().filter(|authority| !authority.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn the_session_comes_out_of_the_cookie() {
        let sent = headers(&[("cookie", "theme=dark; docket_session=ab.12"), ("cookie", "x=y")]);
        assert_eq!(token_of_cookie(&sent), Some("ab.12"));
        assert_eq!(token_of_cookie(&headers(&[("cookie", "docket_key=ab")])), None);
        assert_eq!(key_of_form(b"other=1&key=+docket_x%20"), "docket_x");
    }

    #[test]
    fn tls_is_told_by_the_public_address_or_by_a_proxy() {
        assert!(is_https(Some("HTTPS://docs.example.org"), &headers(&[])));
        assert!(is_https(None, &headers(&[("x-forwarded-proto", "https, http")])));
        assert!(!is_https(Some("http://h"), &headers(&[])) && !is_https(None, &headers(&[])));
    }

    #[test]
    fn other_sites_are_told_by_their_origin() {
        let check = |pairs: &[(&'static str, &str)], want: bool| {
            let public = Some("https://docs.example.org/");
            assert_eq!(is_of_own_page(public, &headers(pairs)), want, "{pairs:?}");
        };
        let host = ("host", "127.0.0.1:8080");
        check(&[host], true);
        check(&[host, ("origin", "http://127.0.0.1:8080")], true);
        check(&[host, ("origin", "https://Docs.example.org")], true);
        check(&[host, ("origin", "https://evil.example")], false);
        check(&[host, ("origin", "http://127.0.0.1:8081")], false);
        check(&[host, ("origin", "null")], false);
        check(&[host, ("origin", "null"), ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
        check(&[host, ("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:8080")], false);
    }
}
