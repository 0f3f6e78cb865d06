//! The flags of an operation, made from the same tables as its form: a new field is a new flag.

use std::marker::PhantomData;
use std::path::Path;

use clap::builder::ValueParser;
use clap::{Arg, ArgMatches, Command};
use docket_contract::fields::{
    CHUNKING, CLASSIFY, COMPATIBLE, Described, EXTRACT, Effect, Field, SHAPING, SPLIT, SUBMIT,
    Shape, Texts, WORKBOOK,
};

use crate::exit::Exit;

/// A field as a flag.
#[derive(Clone, Debug)]
struct Flag {
    field: Described,
    heading: &'static str,
    /// It changes nothing here, so that help texts leave it out.
    is_hidden: bool,
}

/// The fields of one operation.
pub(crate) trait Form: Clone + Send + Sync + 'static {
    /// Its flags in the order of help texts.
    #[doc(hidden)]
    fn flags() -> Flags;
}

/// Flags of an operation.
#[derive(Debug)]
pub(crate) struct Flags(Vec<Flag>);

impl Flags {
    fn of<S>(heading: &'static str, table: &'static [Field<S>]) -> Self {
        Self(Vec::new()).and(heading, table)
    }

    fn and<S>(mut self, heading: &'static str, table: &'static [Field<S>]) -> Self {
        // The password has a flag of its own: it is also read from the environment.
        let fields = table.iter().filter(|field| field.name != "password");
        self.0.extend(fields.map(|field| Flag {
            field: field.described(),
            heading,
            is_hidden: matches!(field.effect, Effect::Nothing | Effect::NeedsModel(_)),
        }));
        self
    }
}

const OPTIONS: &str = "Options of the operation";

/// `POST /parse`, and `POST /parse/excel` if an option of workbooks is given.
#[derive(Clone, Debug)]
pub(crate) struct ParseForm;

impl Form for ParseForm {
    fn flags() -> Flags {
        Flags::of(OPTIONS, SHAPING)
            .and(OPTIONS, SUBMIT)
            .and(OPTIONS, COMPATIBLE)
            .and("Options of workbooks", WORKBOOK)
    }
}

macro_rules! forms {
    ($($(#[doc = $doc:literal])+ $Name:ident = $table:ident;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub(crate) struct $Name;

        impl Form for $Name {
            fn flags() -> Flags {
                Flags::of(OPTIONS, $table).and(OPTIONS, SUBMIT)
            }
        }
    )*};
}

forms! {
    /// `POST /v2/extract`
    ExtractForm = EXTRACT;
    /// `POST /chunking`
    ChunkForm = CHUNKING;
    /// `POST /classify`
    ClassifyForm = CLASSIFY;
    /// `POST /splitter`
    SplitForm = SPLIT;
}

/// The fields of an operation as the command line gives them.
#[derive(Clone, Debug)]
pub(crate) struct Fields<F> {
    pub(crate) given: Vec<(&'static str, String)>,
    form: PhantomData<F>,
}

impl<F> Fields<F> {
    /// True if one of these fields of a table was given.
    pub(crate) fn has_any<S>(&self, table: &[Field<S>]) -> bool {
        self.given.iter().any(|(name, _)| table.iter().any(|field| field.name == *name))
    }
}

impl<F> Texts for Fields<F> {
    fn text(&self, name: &str) -> Option<&str> {
        let (_, text) = self.given.iter().find(|(given, _)| *given == name)?;
        Some(text.trim()).filter(|text| !text.is_empty())
    }
}

impl<F: Form> clap::Args for Fields<F> {
    fn augment_args(command: Command) -> Command {
        command.args(F::flags().0.iter().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<F: Form> clap::FromArgMatches for Fields<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |flag: &Flag| {
            let text = matches.get_one::<String>(flag.field.name)?;
            Some((flag.field.name, flag.field.shape, text.clone()))
        };
        let texts: Vec<_> = F::flags().0.iter().filter_map(given).collect();
        let given = texts
            .into_iter()
            .map(|(name, shape, text)| match shape {
                Shape::Json => Ok((name, json_text(name, &text)?)),
                _ => Ok((name, text)),
            })
            .collect::<Result<Vec<_>, anyhow::Error>>();
        let given = given.map_err(|error| {
            clap::Error::raw(clap::error::ErrorKind::ValueValidation, format!("{error:#}\n"))
        })?;
        Ok(Self { given, form: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn arg(flag: &Flag) -> Arg {
    let field = &flag.field;
    let help = field.doc.replace('`', "");
    let help = help.trim_end_matches('.');
    let (first, _) = help.split_once(". ").unwrap_or((help, ""));
    let default = field.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
    let allowed = match field.shape {
        Shape::Words(words) => format!(" [{}]", words.join(", ")),
        _ => String::new(),
    };
    let arg = Arg::new(field.name)
        .long(field.name.replace('_', "-"))
        .aliases(field.aliases.iter().map(|name| name.replace('_', "-")))
        .help_heading(flag.heading)
        .hide(flag.is_hidden)
        .required(field.required)
        .value_parser(ValueParser::string())
        .help(format!("{first}{allowed}{default}"))
        .long_help(format!("{help}{allowed}{default}"))
        .value_name(match (field.name, field.shape) {
            ("categories", _) => "NAMES|JSON",
            (_, Shape::Json) => "FILE|JSON",
            (_, Shape::Boolean) => "true|false",
            (_, Shape::Integer(_)) => "N",
            (_, Shape::Words(_)) => "WORD",
            (_, Shape::Text) => "TEXT",
        });
    let arg = match short_name(field.name) {
        Some(name) => arg.visible_alias(name),
        None => arg,
    };
    match field.shape {
        // Without `=`, the next argument would be its value, and that is a document.
        Shape::Boolean => arg.num_args(0..=1).require_equals(true).default_missing_value("true"),
        _ => arg,
    }
}

/// A name that people prefer to that of the form.
fn short_name(field: &str) -> Option<&'static str> {
    match field {
        "schema_data" => Some("schema"),
        "enable_citations" => Some("citations"),
        _ => None,
    }
}

/// The JSON of a field: the value itself, or the content of the file that it names. Categories may
/// also be names separated by commas.
fn json_text(name: &str, given: &str) -> anyhow::Result<String> {
    let text = given.trim();
    if text.starts_with(['{', '[']) || ["true", "false", "null"].contains(&text) {
        return Ok(given.to_owned());
    }
    let path = Path::new(text.strip_prefix('@').unwrap_or(text));
    if name == "categories" && !path.is_file() {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names: serde_json::Value = names.map(str::to_owned).collect();
        return Ok(names.to_string());
    }
    std::fs::read_to_string(path).map_err(|error| {
        let flag = short_name(name).map_or_else(|| name.replace('_', "-"), str::to_owned);
        Exit::Usage.error(format!("--{flag}: {} cannot be read: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_given_itself_or_by_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{\"type\":\"object\"}").unwrap();
        let path = file.path().display().to_string();
        assert_eq!(json_text("schema_data", &path).unwrap(), "{\"type\":\"object\"}");
        assert_eq!(json_text("schema_data", &format!("@{path}")).unwrap(), "{\"type\":\"object\"}");
        assert_eq!(json_text("schema_data", " {}").unwrap(), " {}");
        let error = json_text("schema_data", "/no/such.json").unwrap_err();
        assert!(error.to_string().starts_with("--schema: /no/such.json cannot be read"), "{error}");
    }

    #[test]
    fn categories_in_three_spellings() {
        let categories = |text: &str| json_text("categories", text).unwrap();
        assert_eq!(categories("Invoice, Contract,"), r#"["Invoice","Contract"]"#);
        assert_eq!(categories(r#" [{"name":"A"}]"#), r#" [{"name":"A"}]"#);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), r#"["A"]"#).unwrap();
        assert_eq!(categories(&file.path().display().to_string()), r#"["A"]"#);
    }
}
