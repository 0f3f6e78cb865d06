//! One setting: its names, type, default, range and documentation, written once.
//!
//! The flag, the environment variable, the key of `docket.toml`, the help text,
//! `docket.example.toml` and the tables of `docs/operations.md` are all made from this description.

use super::value::Kind;

/// What is known about a setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in `docket.toml`.
    pub(crate) name: &'static str,
    /// The flag without its dashes: the key with `-` for `_`.
    pub(crate) flag: &'static str,
    /// The environment variable: `DOCKET_` and the key in capitals, unless the entry says otherwise.
    pub(crate) env: &'static str,
    /// The heading under which help and documentation list it.
    pub(crate) group: &'static str,
    /// The type of its values.
    pub(crate) kind: Kind,
    /// The default as a flag would give it. Empty: there is none, or it is computed.
    pub(crate) default: &'static str,
    /// The default in words, where it is computed or its absence means something.
    pub(crate) default_words: &'static str,
    /// A value for the example file, where `default` is empty.
    #[cfg_attr(not(test), expect(dead_code, reason = "only the generated files show it"))]
    pub(crate) example: &'static str,
    /// What numbers count.
    pub(crate) unit: Unit,
    /// What stands for the value in help texts. Empty: the unit's letter.
    pub(crate) placeholder: &'static str,
    /// The smallest number.
    pub(crate) min: u64,
    /// The largest number, where it is below that of the type.
    pub(crate) max: u64,
    /// Values are neither shown in help texts nor in errors.
    pub(crate) is_secret: bool,
    /// The flag works but help texts do not show it.
    pub(crate) is_hidden: bool,
    /// The doc comment of the entry. Its first paragraph is the help text.
    pub(crate) doc: &'static str,
}

/// What the numbers of a setting count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things, or no number at all.
    Count,
    Milliseconds,
    Seconds,
    Hours,
    Days,
    Mebibytes,
}

impl Unit {
    /// As a help text shows it in place of a number.
    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::Count | Self::Mebibytes => "N",
            Self::Milliseconds => "MS",
            Self::Seconds => "S",
            Self::Hours => "H",
            Self::Days => "DAYS",
        }
    }

    /// In a sentence; empty for things, which the setting itself names.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Mebibytes => "MiB",
        }
    }
}

impl Setting {
    /// What an entry of the table starts from.
    pub(crate) const BLANK: Self = Self {
        name: "",
        flag: "",
        env: "",
        group: "",
        kind: Kind::Text,
        default: "",
        default_words: "",
        example: "",
        unit: Unit::Count,
        placeholder: "",
        min: 0,
        max: u64::MAX,
        is_secret: false,
        is_hidden: false,
        doc: "",
    };

    /// The paragraphs of the documentation, each on one line.
    pub(crate) fn paragraphs(&self) -> Vec<String> {
        let lines: Vec<&str> = self.doc.lines().map(str::trim).collect();
        let paragraphs = lines.split(|line| line.is_empty()).map(|lines| lines.join(" "));
        paragraphs.filter(|text| !text.is_empty()).collect()
    }

    /// The default as texts name it; empty if there is none.
    pub(crate) fn default_shown(&self) -> &'static str {
        if self.default_words.is_empty() { self.default } else { self.default_words }
    }

    /// What help texts show in place of the value.
    pub(crate) fn value_name(&self) -> &'static str {
        if self.placeholder.is_empty() { self.unit.letter() } else { self.placeholder }
    }

    /// The values that are allowed, in words.
    pub(crate) fn allowed(&self) -> String {
        let of_unit = match self.unit.words() {
            "" => String::new(),
            words => format!(" of {words}"),
        };
        match self.kind {
            Kind::Number(type_max) if self.max.min(type_max) < i32::MAX.unsigned_abs().into() => {
                format!("a whole number{of_unit} from {} to {}", self.min, self.max)
            }
            Kind::Number(_) => format!("a whole number{of_unit}, {} or more", self.min),
            Kind::Numbers => {
                format!("whole numbers{of_unit}: a list, separated by commas in flags")
            }
            Kind::Switch => "true or false".to_owned(),
            Kind::Address => {
                "an address and port, such as 127.0.0.1:8080 or localhost:8080".to_owned()
            }
            Kind::Url => "an address that starts with http:// or https://".to_owned(),
            Kind::LogFilter => {
                "error, warn, info, debug, trace, off, or a filter such as docket_worker=debug,info"
                    .to_owned()
            }
            Kind::Path => "a path".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Texts => "texts: a list, separated by commas in flags".to_owned(),
            Kind::Choice(words) => words.join(" or "),
        }
    }
}
