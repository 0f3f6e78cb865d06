//! Limits of what a request may ask for: how large and how deeply nested its options are.
//!
//! What passes here is stored, read back and run; a text that passes and cannot be read back would
//! be a job that can never end well.

use serde::Serialize;
use serde_json::Value;

use crate::forms::body::Form;
use crate::problem::Problem;

/// Bytes of a schema or of a list of categories as the client sends it, and of all options of a parse.
pub(crate) const SPEC_BYTES_MAX: usize = 256 * 1024;

/// How the limit is written in errors.
const SPEC_MAX: &str = "256 KiB";

/// Levels of nesting in a JSON option. The reader of stored specs stops at 128, and a spec wraps the
/// option in levels of its own.
const LEVELS_MAX: usize = 100;

/// Bytes of a password; the longest that a document format has use for is 255 characters.
const PASSWORD_BYTES_MAX: usize = 1024;

/// Refuses a text over the limit. `what` begins the sentence, for example `Invalid schema data`.
pub(crate) fn check_size(bytes: usize, what: &str) -> Result<(), Problem> {
    if bytes > SPEC_BYTES_MAX {
        return Err(Problem::bad_request(&format!("{what}: larger than {SPEC_MAX}")));
    }
    Ok(())
}

/// Refuses options that are over the limit together, as they would be stored.
pub(crate) fn check_stored_size(options: &impl Serialize, what: &str) -> Result<(), Problem> {
    let stored = serde_json::to_vec(options).map_err(|_| Problem::internal())?;
    check_size(stored.len(), what)
}

/// Reads a JSON option; one that is no JSON, or too deeply nested, is refused.
pub(crate) fn read_option(text: &str, what: &str) -> Result<Value, Problem> {
    let refused = |why: &str| Problem::bad_request(&format!("{what}: {why}"));
    let value: Value = serde_json::from_str(text).map_err(|_| refused("Not a valid JSON"))?;
    if levels(&value) > LEVELS_MAX {
        return Err(refused(&format!("nested deeper than {LEVELS_MAX} levels")));
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

/// The form's password for the document.
pub(crate) fn password(form: &Form) -> Result<Option<String>, Problem> {
    let given = form.text("password").map(str::to_owned);
    if given.as_ref().is_some_and(|password| password.len() > PASSWORD_BYTES_MAX) {
        return Err(Problem::bad_request(&format!(
            "password: longer than {PASSWORD_BYTES_MAX} bytes"
        )));
    }
    Ok(given)
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
        assert!(read_option(&nested(LEVELS_MAX), "x").is_ok());
        assert!(read_option(&nested(LEVELS_MAX + 1), "x").is_err());
        assert!(read_option(&nested(10_000), "x").is_err());
    }

    #[test]
    fn long_passwords_are_refused() {
        let form = |length: usize| Form::of(&[("password", "p".repeat(length).as_str())]);
        assert_eq!(password(&form(1024)).unwrap().map(|text| text.len()), Some(1024));
        assert!(password(&form(1025)).is_err());
        assert_eq!(password(&form(0)).unwrap(), None);
    }
}
