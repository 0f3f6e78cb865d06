//! Reads the texts of a form into options, by a table of fields.

use serde_json::Value;

use super::limits::{check_size, read_json};
use super::{Echo, Field, Kind, Options, Otherwise, Reading, Texts};
use crate::document::{Warning, WarningCode};

/// Warnings that one request may cause; the rest of them are counted.
const WARNINGS_MAX: usize = 20;

/// Characters of a client's text in a warning.
const SHOWN_CHARS_MAX: usize = 80;

/// The field that one client sends with every form of its own making.
const PADDING_FIELD: &str = "_";

/// Why a form is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It lacks this field.
    Missing(&'static str),
    /// A sentence for the client.
    Invalid(String),
}

/// Reads every field of the table; what the form does not have stays as it is.
///
/// # Errors
/// If a required field is absent, or a field holds what it must not.
pub fn read<S: Options>(
    table: &[Field<S>],
    texts: &dyn Texts,
    options: &mut S,
) -> Result<(), Refused> {
    table.iter().try_for_each(|field| field.read(texts, options))
}

impl<S: Options> Field<S> {
    fn read(&self, texts: &dyn Texts, options: &mut S) -> Result<(), Refused> {
        let Some((name, text)) = self.names().find_map(|name| Some((name, texts.text(name)?)))
        else {
            return if self.required { Err(Refused::Missing(self.name)) } else { Ok(()) };
        };
        let label = self.label.map_or_else(|| format!("Invalid {name}"), str::to_owned);
        if let Some(most) = self.bytes_max {
            check_size(text.len(), most, &label).map_err(Refused::Invalid)?;
        }
        let mut reading = Reading { texts, name, label, warnings: Vec::new() };
        let value = self.take(text, options, &mut reading).map_err(Refused::Invalid)?;
        let warnings = reading.warnings;
        if let Some(value) = value {
            self.keep(name, value, options);
        }
        add_warnings(options.warnings_mut(), warnings);
        Ok(())
    }

    /// Hands the value to the table's function. None if it is unknown and nothing was changed.
    fn take(
        &self,
        text: &str,
        options: &mut S,
        reading: &mut Reading<'_>,
    ) -> Result<Option<Value>, String> {
        let name = reading.name;
        match self.kind {
            Kind::Text(set) => set(options, text, reading).map(|()| Some(text.into())),
            Kind::Boolean(set) => {
                let value = read_boolean(text);
                match value {
                    Some(value) => set(options, value),
                    None => reading.unknown_value(text, &["true", "false"]),
                }
                Ok(value.map(Value::Bool))
            }
            Kind::Integer { least, most, otherwise, set } => {
                match text.parse().ok().filter(|number| (least..=most).contains(number)) {
                    Some(number) => {
                        set(options, number);
                        Ok(Some(number.into()))
                    }
                    None => {
                        let allowed = whole_number(least, most);
                        otherwise.result(
                            Warning::unknown_value(name, text, &allowed),
                            reading,
                            || format!("{name} must be {allowed}"),
                        )
                    }
                }
            }
            Kind::Words { allowed, otherwise, set } => {
                if allowed.contains(&text) {
                    set(options, text);
                    return Ok(Some(text.into()));
                }
                let words = allowed.join(", ");
                otherwise.result(Warning::unknown_value(name, text, &words), reading, || {
                    format!("{name} must be one of {words}")
                })
            }
            Kind::Json(set) => {
                let value = read_json(text, &reading.label)?;
                set(options, &value, reading).map(|()| Some(value))
            }
        }
    }

    /// Keeps the value for the echo; without a place for it, what it asks of a model is reported
    /// at once.
    fn keep(&self, name: &'static str, value: Value, options: &mut S) {
        let needs_model = self.needs_model(&value);
        match options.sent_mut() {
            Some(sent) => {
                if matches!(self.echo, Echo::AsSent | Echo::Always) {
                    self.names().for_each(|other| drop(sent.shift_remove(other)));
                    sent.insert(name.to_owned(), value);
                }
            }
            None if needs_model => options.warnings_mut().push(Warning::left_undone(name)),
            None => {}
        }
    }
}

impl Otherwise {
    fn result(
        self,
        warning: Warning,
        reading: &mut Reading<'_>,
        refusal: impl FnOnce() -> String,
    ) -> Result<Option<Value>, String> {
        match self {
            Self::Warns => {
                reading.warnings.push(warning);
                Ok(None)
            }
            Self::Refuses => Err(refusal()),
            Self::RefusesWith(text) => Err(text.to_owned()),
        }
    }
}

/// `true` and `false` in any case, `1` and `0`, `yes` and `no`.
#[must_use]
pub fn read_boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// A warning for each name that is no field of the operation, in the order of their names.
pub fn unknown_fields<'n>(
    names: impl Iterator<Item = &'n str>,
    is_known: impl Fn(&str) -> bool,
    warnings: &mut Vec<Warning>,
) {
    let mut unknown: Vec<&str> =
        names.filter(|name| *name != PADDING_FIELD && !is_known(name)).collect();
    unknown.sort_unstable();
    add_warnings(warnings, unknown.into_iter().map(Warning::unknown_field).collect());
}

/// Adds them up to the limit; the last one then says that there are more.
fn add_warnings(warnings: &mut Vec<Warning>, more: Vec<Warning>) {
    for warning in more {
        if warnings.len() < WARNINGS_MAX {
            warnings.push(warning);
        } else {
            let message = "More fields or values are unknown".to_owned();
            let last = Warning { code: WarningCode::OptionUnknown, message, page: None };
            if warnings.last() != Some(&last) {
                warnings.push(last);
            }
            return;
        }
    }
}

impl Warning {
    /// Reports a field that the operation does not have.
    #[must_use]
    pub fn unknown_field(name: &str) -> Self {
        let message =
            format!("{} is not a field of this operation: it changed nothing", shown(name));
        Self { code: WarningCode::OptionUnknown, message, page: None }
    }

    /// Reports a value that a field does not know.
    #[must_use]
    pub fn unknown_value(name: &str, value: &str, allowed: &str) -> Self {
        let message =
            format!("{name}: {} is unknown and changed nothing; known: {allowed}", shown(value));
        Self { code: WarningCode::OptionUnknown, message, page: None }
    }
}

/// The limits of a number in words; the upper one only where people could reach it.
fn whole_number(least: u64, most: u64) -> String {
    if most < u64::from(u32::MAX) {
        format!("a whole number from {least} to {most}")
    } else {
        format!("a whole number, at least {least}")
    }
}

/// The beginning of a client's text, in quotes.
fn shown(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect();
    format!("\"{clean}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_unknown_fields_are_bounded() {
        let names: Vec<String> = (0..1000).map(|n| format!("field{n:04}")).collect();
        let mut warnings = Vec::new();
        let all = names.iter().map(String::as_str).chain(["_", "known"]);
        unknown_fields(all, |name| name == "known", &mut warnings);
        assert_eq!(warnings.len(), WARNINGS_MAX + 1);
        assert!(warnings[0].message.contains("\"field0000\""), "{warnings:?}");
        unknown_fields(["x"].into_iter(), |_| false, &mut warnings);
        assert_eq!(warnings.len(), WARNINGS_MAX + 1, "said once");
        let long = Warning::unknown_field(&"x".repeat(10_000));
        assert!(long.message.len() < 200);
    }
}
