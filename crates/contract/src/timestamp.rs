//! The looks of one instant: each endpoint family writes times in its own resolution.

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant in UTC. The store keeps microseconds.
pub type Timestamp = DateTime<Utc>;

/// `2024-01-15T10:30:00.000Z`, the look of `/jobs`.
#[must_use]
pub fn jobs_look(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2025-10-22T06:51:16.870302Z`, the look of `/parse`.
#[must_use]
pub fn parse_look(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// `2025-10-22T07:06:16Z`, the look of an upload's end.
#[must_use]
pub fn upload_look(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2026-03-10T16:41:58.407237+00:00`, the look of `/extract`.
#[must_use]
pub fn extract_look(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks() {
        let at = DateTime::from_timestamp_micros(1_761_115_876_870_302).unwrap();
        assert_eq!(jobs_look(at), "2025-10-22T06:51:16.870Z");
        assert_eq!(parse_look(at), "2025-10-22T06:51:16.870302Z");
        assert_eq!(upload_look(at), "2025-10-22T06:51:16Z");
        assert_eq!(extract_look(at), "2025-10-22T06:51:16.870302+00:00");
    }
}
