//! Where the value of a setting comes from: flags over environment over file over defaults.

use std::fmt;
use std::path::{Path, PathBuf};

use super::given::GivenValue;
use super::setting::Setting;
use super::value::Value;
use crate::exit::Exit;

/// A configuration file that has been read.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    table: toml::Table,
}

/// Everything that can give a setting its value, strongest first.
#[derive(Debug)]
pub(crate) struct Layers<'a> {
    /// Flags and environment variables.
    pub(crate) given: &'a [GivenValue],
    pub(crate) file: Option<&'a ConfigFile>,
    /// Defaults of a command that differ from those of the table.
    pub(crate) defaults: &'a [(&'static str, &'static str)],
}

impl Layers<'_> {
    /// The value of the next setting of a group, which has this name.
    pub(crate) fn next_value<T: Value>(
        &self,
        name: &str,
        settings: &mut std::slice::Iter<'static, Setting>,
    ) -> anyhow::Result<T> {
        match settings.next() {
            Some(setting) if setting.name == name => self.value(setting),
            _ => Err(anyhow::anyhow!("the setting {name} has no entry in its table")),
        }
    }

    /// What the strongest layer above the defaults writes for a setting, if any does.
    pub(super) fn written(&self, setting: &Setting) -> Option<String> {
        let is_filled = |text: &String| !text.trim().is_empty();
        let given = self.given.iter().find(|given| given.name == setting.name);
        given.map(|given| given.text.clone()).filter(is_filled).or_else(|| {
            let value = self.file?.table.get(setting.name)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)).filter(is_filled)
        })
    }

    /// The value of a setting. An empty text counts as none.
    fn value<T: Value>(&self, setting: &Setting) -> anyhow::Result<T> {
        let is_filled = |text: &str| !text.trim().is_empty();
        let given = self.given.iter().find(|given| given.name == setting.name);
        if let Some(given) = given.filter(|given| is_filled(&given.text)) {
            let source = if given.from_environment {
                format!("environment variable {}", setting.env)
            } else {
                format!("flag --{}", setting.flag)
            };
            return checked(setting, T::from_text(&given.text), &given.text, &source);
        }
        let in_file = self.file.and_then(|file| Some((file, file.table.get(setting.name)?)));
        if let Some((file, value)) =
            in_file.filter(|(_, value)| value.as_str().is_none_or(is_filled))
        {
            let source = format!("configuration file {}", file.path.display());
            return checked(setting, T::from_toml(value), value, &source);
        }
        let of_command = self.defaults.iter().find(|(name, _)| *name == setting.name);
        let default = of_command.map_or(setting.default, |(_, text)| text);
        let value = if default.is_empty() { T::absent() } else { T::from_text(default) };
        checked(setting, value, &default, "default")
    }
}

fn checked<T: Value>(
    setting: &Setting,
    value: Option<T>,
    written: &dyn fmt::Display,
    source: &str,
) -> anyhow::Result<T> {
    let is_in_range = |value: &T| {
        value.numbers().iter().all(|number| (setting.min..=setting.max).contains(number))
    };
    value.filter(is_in_range).ok_or_else(|| {
        let written = if setting.is_secret { "(secret)".to_owned() } else { written.to_string() };
        Exit::Usage.error(format!(
            "{source}: {} = {written} is not allowed; it takes {}",
            setting.name,
            setting.allowed()
        ))
    })
}

impl ConfigFile {
    /// Reads the given file, or `docket.toml` of the current folder where there is one. A key that
    /// is no setting is an error.
    pub(crate) fn read(
        given: Option<&Path>,
        known: &[&'static [Setting]],
    ) -> anyhow::Result<Option<Self>> {
        let path = given.unwrap_or(Path::new("docket.toml")).to_owned();
        let failed = |error: &dyn fmt::Display| {
            Exit::Usage.error(format!("configuration file {}: {error}", path.display()))
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && given.is_none() => {
                return Ok(None);
            }
            Err(error) => return Err(failed(&error)),
        };
        let table: toml::Table = toml::from_str(&text).map_err(|error| failed(&error))?;
        for key in table.keys() {
            if !known.iter().copied().flatten().any(|setting| setting.name == key) {
                return Err(failed(&unknown_key(key, known)));
            }
        }
        Ok(Some(Self { path, table }))
    }
}

fn unknown_key(key: &str, known: &[&'static [Setting]]) -> String {
    let distance = |setting: &&Setting| strsim::osa_distance(key, setting.name);
    match known.iter().copied().flatten().min_by_key(distance) {
        Some(nearest) => {
            format!("there is no setting '{key}'; the nearest is '{}'", nearest.name)
        }
        None => format!("there is no setting '{key}'"),
    }
}
