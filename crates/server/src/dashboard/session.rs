//! Who looks: the account behind the key in the cookie.
//!
//! The key is checked at every request, so a revoked one ends every session that began with it. The
//! cookie opens the dashboard's pages only, and those change nothing: a page of another site can do
//! no harm with it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use docket_jobs::Caller;

use crate::ServerState;

/// The cookie's name.
const NAME: &str = "docket_key";

/// Seconds that a session lasts: a working day.
const LIFETIME_S: u32 = 12 * 60 * 60;

/// The account that has logged in, if one has.
pub(super) struct Session(pub(super) Option<Caller>);

impl FromRequestParts<ServerState> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &ServerState,
    ) -> Result<Self, Infallible> {
        let Some(key) = key_of_cookie(&parts.headers) else { return Ok(Self(None)) };
        Ok(Self(state.jobs.authenticate(key).await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "session was not checked");
            None
        })))
    }
}

fn key_of_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == NAME).map(|(_, key)| key.trim())
}

/// The field `key` of the login's form.
pub(super) fn key_of_form(body: &[u8]) -> String {
    let mut fields = form_urlencoded::parse(body);
    let key = fields.find(|(name, _)| name == "key");
    key.map(|(_, key)| key.trim().to_owned()).unwrap_or_default()
}

/// The cookie of a session; `None` if the key cannot stand in one.
pub(super) fn started(key: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    if !key.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\')) {
        return None;
    }
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let secure = if proto == Some("https") { "; Secure" } else { "" };
    let text =
        format!("{NAME}={key}; Path=/; Max-Age={LIFETIME_S}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(text).ok()
}

/// The cookie that ends a session.
pub(super) fn ended() -> HeaderValue {
    HeaderValue::from_static("docket_key=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_into_the_cookie_and_comes_out() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        let cookie = started("docket_ab12", &headers).unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Strict; Secure"));
        let mut sent = HeaderMap::new();
        assert_eq!(key_of_cookie(&sent), None);
        let line = format!("theme=dark; {}", cookie.split(';').next().unwrap());
        sent.insert(COOKIE, line.parse().unwrap());
        assert_eq!(key_of_cookie(&sent), Some("docket_ab12"));
        for bad in ["a;b", "a b", "a\r\nb", "a,b"] {
            assert!(started(bad, &headers).is_none(), "{bad:?}");
        }
        assert_eq!(key_of_form(b"other=1&key=+docket_x%20"), "docket_x");
    }
}
