//! One field while it is read.

use serde_json::Value;

use crate::document::Warning;

/// The texts of a form.
pub trait Texts {
    /// The text of a field, trimmed; none if it is empty or absent.
    fn text(&self, name: &str) -> Option<&str>;
}

/// One field while it is read.
pub struct Reading<'f> {
    pub(super) texts: &'f dyn Texts,
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) warnings: Vec<Warning>,
}

impl Reading<'_> {
    /// The text of another field of the form.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.text(name)
    }

    /// How an error about this field begins.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Warns of a value that is not one of those allowed.
    pub fn unknown_value(&mut self, value: &str, allowed: &[&str]) {
        self.warnings.push(Warning::unknown_value(self.name, value, &allowed.join(", ")));
    }

    /// The object in a JSON value; warns if it is none.
    pub fn object<'v>(&mut self, value: &'v Value) -> Option<&'v serde_json::Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            let shown = value.to_string();
            self.warnings.push(Warning::unknown_value(self.name, &shown, "a JSON object"));
        }
        object
    }

    /// Warns of the object's keys that are not among those allowed.
    pub fn check_keys(&mut self, object: &serde_json::Map<String, Value>, allowed: &[&str]) {
        for key in object.keys().filter(|key| !allowed.contains(&key.as_str())) {
            self.unknown_value(key, allowed);
        }
    }
}
