//! Who asks. Runs before any body is read, so a bad key costs no upload.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use docket_jobs::Caller;

use crate::ServerState;
use crate::layers::client::Client;
use crate::layers::noted;
use crate::layers::slots::RequestSlot;
use crate::problem::{Family, Problem};

/// The account behind the request's key.
pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequestParts<ServerState> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let mut key_given = false;
        for key in keys(&parts.headers) {
            key_given = true;
            match state.jobs.authenticate(key).await {
                Ok(Some(caller)) => {
                    noted::account(&caller.user_id);
                    if let Some(client) = parts.extensions.get::<Client>() {
                        client.is_known();
                    }
                    if let Some(kept) = parts.extensions.get::<RequestSlot>() {
                        let slot = state.slots.requests.take(&caller.user_id);
                        let text = "Too many requests of this account at the same time";
                        kept.keep(slot.ok_or_else(|| Problem::too_many(text))?);
                    }
                    return Ok(Self(caller));
                }
                Ok(None) => {}
                Err(error) => return Err(Problem::of(error, Family::Jobs)),
            }
        }
        if key_given && let Some(client) = parts.extensions.get::<Client>() {
            client.gave_a_wrong_key().await;
        }
        let problem = Problem::unauthorized(key_given);
        Err(if wants_bare_text(parts) { problem.into_bare_text() } else { problem })
    }
}

/// The keys that the request carries, in the order in which they count.
pub(crate) fn keys(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let plain = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer =
        headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
            let (scheme, key) = value.trim().split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(key)
        });
    [plain("api-key"), plain("x-api-key"), bearer]
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|key| !key.is_empty())
}

/// One published client decodes a 401 of `GET /parse/{id}` as a JSON string and nothing else; it
/// always names itself in this header.
fn wants_bare_text(parts: &Parts) -> bool {
    parts.method == Method::GET
        && parts.uri.path().starts_with("/parse/")
        && parts.headers.contains_key("x-apimatic-lang")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], want: &[&str]) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        assert_eq!(keys(&map).collect::<Vec<_>>(), want, "{headers:?}");
    }

    #[test]
    fn keys_in_the_order_in_which_they_count() {
        check(&[], &[]);
        check(&[("X-API-Key", " a ")], &["a"]);
        check(
            &[("authorization", "bearer c"), ("x-api-key", "b"), ("api-key", "a")],
            &["a", "b", "c"],
        );
        check(&[("authorization", "Basic c"), ("api-key", "")], &[]);
    }
}
