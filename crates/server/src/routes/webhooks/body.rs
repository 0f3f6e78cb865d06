//! The JSON bodies of `/webhooks`, checked field by field; errors have the shape of form
//! validation.

use std::time::Duration;

use chrono::{DateTime, Utc};
use docket_contract::webhook::EventType;
use docket_contract::wire::webhooks::ALL_EVENTS;
use serde_json::{Map, Value, json};
use url::Url;

use crate::problem::Problem;

/// Bytes of a URL.
const URL_BYTES_MAX: usize = 2048;

/// Bytes of a description.
const DESCRIPTION_BYTES_MAX: usize = 500;

/// For how long a former secret signs if nothing is said, and at most, in seconds.
const OVERLAP_S_DEFAULT: u64 = 24 * 60 * 60;
const OVERLAP_S_MAX: u64 = 7 * 24 * 60 * 60;

/// An object; unknown fields are ignored.
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(other) => Err(Problem::invalid_field(
                &json!(["body"]),
                "dict_type",
                "Input should be a JSON object",
                &other,
            )),
            Err(error) => Err(Problem::invalid_field(
                &json!(["body", error.column()]),
                "json_invalid",
                "JSON decode error",
                &json!({}),
            )),
        }
    }

    /// No body at all is an empty object.
    pub(super) fn read_optional(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.is_empty() { Ok(Self(Map::new())) } else { Self::read(bytes) }
    }

    pub(super) fn missing(&self, field: &str) -> Problem {
        let input = Value::Object(self.0.clone());
        Problem::invalid_field(&json!(["body", field]), "missing", "Field required", &input)
    }

    /// `url`: absolute, `http` or `https`, without credentials.
    pub(super) fn url(&self) -> Result<Option<String>, Problem> {
        let Some(text) = self.text("url")? else { return Ok(None) };
        let refuse = |why: &str| Err(self.invalid("url", "url_parsing", why));
        let text = text.trim();
        if text.len() > URL_BYTES_MAX {
            return Err(self.invalid("url", "url_too_long", "URL should have at most 2048 bytes"));
        }
        match Url::parse(text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                refuse("URL scheme should be 'http' or 'https'")
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                refuse("URL should hold no user name and password: deliveries are signed")
            }
            Ok(_) => Ok(Some(text.to_owned())),
            Err(error) => refuse(&format!("Input should be a valid URL, {error}")),
        }
    }

    /// The URL's host is not on the public internet.
    pub(super) fn private_url(&self) -> Problem {
        let why = "URL host should be on the public internet: this server delivers to no private \
                   addresses (setting allow_private_hosts)";
        self.invalid("url", "url_private_host", why)
    }

    pub(super) fn description(&self) -> Result<Option<String>, Problem> {
        let Some(text) = self.text("description")? else { return Ok(None) };
        if text.len() > DESCRIPTION_BYTES_MAX {
            let text = "String should have at most 500 bytes";
            return Err(self.invalid("description", "string_too_long", text));
        }
        Ok(Some(text.to_owned()))
    }

    /// `events`: a list of names, `["*"]` or an empty one for every event.
    pub(super) fn events(&self) -> Result<Option<Vec<EventType>>, Problem> {
        let Some(value) = self.given("events") else { return Ok(None) };
        let Value::Array(names) = value else {
            return Err(self.invalid("events", "list_type", "Input should be a valid list"));
        };
        let mut events = Vec::new();
        for (idx, name) in names.iter().enumerate() {
            if name == ALL_EVENTS {
                return Ok(Some(Vec::new()));
            }
            let known = name.as_str().and_then(EventType::from_word);
            let event = known.filter(|event| EventType::SUBSCRIBABLE.contains(event));
            let event = event.ok_or_else(|| unknown_event(idx, name))?;
            if !events.contains(&event) {
                events.push(event);
            }
        }
        Ok(Some(events))
    }

    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, Problem> {
        match self.given(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.invalid(field, "bool_type", "Input should be a valid boolean")),
        }
    }

    /// `overlap_s`: seconds, a day unless given, at most a week.
    pub(super) fn overlap(&self) -> Result<Duration, Problem> {
        let Some(value) = self.given("overlap_s") else {
            return Ok(Duration::from_secs(OVERLAP_S_DEFAULT));
        };
        match value.as_u64() {
            Some(seconds) if seconds <= OVERLAP_S_MAX => Ok(Duration::from_secs(seconds)),
            _ => Err(self.invalid(
                "overlap_s",
                "int_type",
                "Input should be a number of seconds from 0 to 604800",
            )),
        }
    }

    /// `since`: an instant with its offset.
    pub(super) fn since(&self) -> Result<DateTime<Utc>, Problem> {
        let Some(text) = self.text("since")? else { return Err(self.missing("since")) };
        let text = text.trim();
        DateTime::parse_from_rfc3339(text).map(DateTime::<Utc>::from).map_err(|_| {
            let why = "Input should be a valid datetime, for example 2026-01-31T12:00:00Z";
            self.invalid("since", "datetime_parsing", why)
        })
    }

    /// The field, unless it is missing or null.
    fn given(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> Result<Option<&str>, Problem> {
        match self.given(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(field, "string_type", "Input should be a valid string")),
        }
    }

    fn invalid(&self, field: &str, kind: &str, text: &str) -> Problem {
        let input = self.given(field).unwrap_or(&Value::Null);
        Problem::invalid_field(&json!(["body", field]), kind, text, input)
    }
}

fn unknown_event(idx: usize, name: &Value) -> Problem {
    let names = EventType::SUBSCRIBABLE.map(|event| format!("'{}'", event.as_str()));
    let text = format!("Input should be {} or '{ALL_EVENTS}'", names.join(", "));
    Problem::invalid_field(&json!(["body", "events", idx]), "enum", &text, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(value: &Value) -> Body {
        Body::read(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn urls() {
        let url = |text: &str| body(&json!({ "url": text })).url();
        for good in ["https://example.org/hook?a=b", "http://10.0.0.1:9/x", " https://a.b "] {
            assert_eq!(url(good).unwrap().as_deref(), Some(good.trim()));
        }
        for bad in ["", "example.org", "ftp://a.b/", "https://", "https://u:p@a.b/", "/hook"] {
            assert!(url(bad).is_err(), "{bad}");
        }
        assert!(url(&format!("https://a.b/{}", "x".repeat(2048))).is_err());
        assert!(body(&json!({ "url": 7 })).url().is_err());
        assert!(body(&json!({ "url": null })).url().unwrap().is_none());
    }

    #[test]
    fn events() {
        let events = |value: Value| body(&json!({ "events": value })).events();
        let one = events(json!(["job.failed", "job.failed"])).unwrap().unwrap();
        assert_eq!(one, [EventType::JobFailed]);
        for all in [json!(["*"]), json!([]), json!(["job.failed", "*"])] {
            assert_eq!(events(all).unwrap(), Some(Vec::new()));
        }
        for bad in
            [json!(["job.unheard"]), json!(["webhook.test"]), json!("job.failed"), json!([1])]
        {
            assert!(events(bad).is_err());
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for bad in ["", "[]", "{", "7"] {
            assert!(Body::read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Body::read_optional(b"").is_ok_and(|body| body.overlap().is_ok()));
        assert!(body(&json!({ "overlap_s": 604_801 })).overlap().is_err());
        assert!(body(&json!({ "since": "yesterday" })).since().is_err());
    }
}
