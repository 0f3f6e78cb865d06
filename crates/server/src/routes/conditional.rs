//! What a status request asks beside the job: entity tags it knows, and how long it would wait.

use std::time::Duration;

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderName};

use crate::problem::Problem;

/// The longest that a request is held.
const WAIT_S_MAX: f64 = 30.0;

pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Whether the client has the representation with this tag already. Tags are compared weakly, as
/// `If-None-Match` asks for.
pub(crate) fn is_known(headers: &HeaderMap, etag: &[u8]) -> bool {
    known_tags(headers).any(|tag| tag == "*" || tag.as_bytes() == etag)
}

/// The newest version that the client has.
pub(crate) fn newest_known(headers: &HeaderMap) -> Option<i64> {
    known_tags(headers).filter_map(|tag| tag.trim_matches('"').parse().ok()).max()
}

fn known_tags(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim())
        .map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
}

/// How long the answer may be held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wait {
    /// Not at all: the request does not speak of it.
    No,
    /// As `?wait=` says.
    Asked(Duration),
    /// As `Prefer: wait=` says, cut to what we grant.
    Preferred(Duration),
}

impl Wait {
    /// Reads `?wait=` (a bad value is an error), or else `Prefer: wait=` (a bad value is ignored).
    pub(crate) fn of(query: Option<&str>, headers: &HeaderMap) -> Result<Self, Problem> {
        let asked = query.and_then(|query| {
            form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "wait")
        });
        if let Some((_, text)) = asked {
            return match text.trim().parse::<f64>() {
                Ok(seconds) if (0.0..=WAIT_S_MAX).contains(&seconds) => {
                    Ok(Self::Asked(Duration::from_secs_f64(seconds)))
                }
                _ => Err(Problem::bad_request("wait must be a number of seconds from 0 to 30")),
            };
        }
        Ok(preferred_s(headers).map_or(Self::No, |seconds| {
            Self::Preferred(Duration::from_secs(seconds).min(Duration::from_secs_f64(WAIT_S_MAX)))
        }))
    }
}

/// The first `wait` preference in whole seconds (RFC 7240).
fn preferred_s(headers: &HeaderMap) -> Option<u64> {
    let values = headers.get_all(PREFER).into_iter().filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split([',', ';']));
    preferences.find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        let is_wait = name.trim().eq_ignore_ascii_case("wait");
        is_wait.then(|| value.trim().trim_matches('"').parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn tags_are_compared_weakly() {
        let known = |values: &[&str]| is_known(&with("if-none-match", values), b"\"7\"");
        assert!(known(&["\"7\""]) && known(&["W/\"7\""]) && known(&["\"6\", \"7\""]));
        assert!(known(&["*"]) && known(&["\"1\"", "\"7\""]));
        assert!(!known(&[]) && !known(&["\"77\""]) && !known(&["7"]));
        assert_eq!(newest_known(&with("if-none-match", &["W/\"3\", \"12\", \"x\""])), Some(12));
        assert_eq!(newest_known(&HeaderMap::new()), None);
    }

    #[test]
    fn waits_are_bounded() {
        let wait = |query: Option<&str>, prefer: &[&str]| Wait::of(query, &with("prefer", prefer));
        let seconds = Duration::from_secs;
        assert_eq!(wait(None, &[]).unwrap(), Wait::No);
        assert_eq!(wait(Some("a=1"), &[]).unwrap(), Wait::No);
        assert_eq!(wait(Some("wait=30"), &["wait=1"]).unwrap(), Wait::Asked(seconds(30)));
        assert_eq!(wait(Some("wait=0.5"), &[]).unwrap(), Wait::Asked(Duration::from_millis(500)));
        for bad in ["wait=31", "wait=-1", "wait=", "wait=x", "wait=NaN", "wait=inf"] {
            assert!(wait(Some(bad), &[]).is_err(), "{bad}");
        }
        let preferred = wait(None, &["respond-async, wait=100"]).unwrap();
        assert_eq!(preferred, Wait::Preferred(seconds(30)));
        assert_eq!(wait(None, &["wait=x"]).unwrap(), Wait::No);
    }
}
