//! Limits of what a form may ask for: how large and how deeply nested its options are.
//!
//! What passes here is stored, read back and run; a text that passes and cannot be read back would
//! be a job that can never succeed.

use serde::Serialize;
use serde_json::Value;

/// Bytes of a schema or of a list of categories as the client sends it, and of all options of a
/// parse.
pub(super) const SPEC_BYTES_MAX: usize = 256 * 1024;

/// Levels of nesting in a JSON option. The reader of stored specs stops at 128, and a spec wraps the
/// option in levels of its own.
pub(super) const LEVELS_MAX: usize = 100;

/// Refuses a text over the limit. `label` begins the sentence, for example `Invalid schema data`.
pub(super) fn check_size(bytes: usize, bytes_max: usize, label: &str) -> Result<(), String> {
    if bytes > bytes_max {
        return Err(format!("{label}: larger than {} KiB", bytes_max / 1024));
    }
    Ok(())
}

/// Refuses options that are over the limit together, as they would be stored.
///
/// # Errors
/// The sentence.
pub fn check_stored_size(options: &impl Serialize, label: &str) -> Result<(), String> {
    let stored = serde_json::to_vec(options).map_err(|error| format!("{label}: {error}"))?;
    check_size(stored.len(), SPEC_BYTES_MAX, label)
}

/// Reads a JSON option; one that is not JSON, or too deeply nested, is refused.
pub(super) fn read_json(text: &str, label: &str) -> Result<Value, String> {
    let value: Value =
        serde_json::from_str(text).map_err(|_| format!("{label}: Not a valid JSON"))?;
    if levels(&value) > LEVELS_MAX {
        return Err(format!("{label}: nested deeper than {LEVELS_MAX} levels"));
    }
    Ok(value)
}

/// Levels of nesting; the reader's own limit bounds the recursion.
fn levels(value: &Value) -> usize {
    let below = match value {
        Value::Array(entries) => entries.iter().map(levels).max(),
        Value::Object(entries) => entries.values().map(levels).max(),
        _ => return 0,
    };
    below.unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted() {
        for (text, want) in [("1", 0), ("[]", 1), (r#"{"a":[1,{"b":2}]}"#, 3), ("[[],[[]]]", 3)] {
            assert_eq!(levels(&serde_json::from_str(text).unwrap()), want, "{text}");
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_json(&nested(LEVELS_MAX), "x").is_ok());
        assert!(read_json(&nested(LEVELS_MAX + 1), "x").is_err());
        assert!(read_json(&nested(10_000), "x").is_err());
    }
}
