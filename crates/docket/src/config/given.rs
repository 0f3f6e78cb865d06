//! Flags and environment variables, made from the table of settings.

use std::marker::PhantomData;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::setting::Setting;
use super::value::Kind;

/// The value of one setting as a flag or an environment variable gives it.
#[derive(Clone, Debug)]
pub(crate) struct GivenValue {
    pub(crate) name: &'static str,
    /// Values of a list are separated by commas.
    pub(crate) text: String,
    pub(crate) from_environment: bool,
}

/// The settings that a command takes.
pub(crate) trait Scope: Clone + Send + Sync + 'static {
    const GROUPS: &'static [&'static [Setting]];

    /// True if the command reads the configuration file too.
    const READS_FILE: bool = true;
}

/// The settings of a command as its flags and the environment give them, not yet checked.
#[derive(Clone, Debug)]
pub(crate) struct Given<S> {
    /// The configuration file that `--config` names.
    pub(crate) config: Option<PathBuf>,
    pub(crate) values: Vec<GivenValue>,
    /// Defaults of the command, beneath the file.
    pub(crate) defaults: &'static [(&'static str, &'static str)],
    pub(super) scope: PhantomData<S>,
}

impl<S> Default for Given<S> {
    fn default() -> Self {
        Self { config: None, values: Vec::new(), defaults: &[], scope: PhantomData }
    }
}

impl<S: Scope> Given<S> {
    /// The same with defaults of this command.
    pub(crate) fn with_defaults(self, defaults: &'static [(&'static str, &'static str)]) -> Self {
        Self { defaults, ..self }
    }
}

impl<S: Scope> clap::Args for Given<S> {
    fn augment_args(mut command: Command) -> Command {
        if S::READS_FILE {
            command = command.arg(
                Arg::new("config")
                    .long("config")
                    .env("DOCKET_CONFIG")
                    .value_name("FILE")
                    .value_parser(ValueParser::path_buf())
                    .help("The configuration file [default: docket.toml of this folder, if it exists]"),
            );
        }
        command.args(S::GROUPS.iter().copied().flatten().map(flag))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<S: Scope> clap::FromArgMatches for Given<S> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |setting: &'static Setting| {
            let texts: Vec<&str> =
                matches.get_many::<String>(setting.name)?.map(String::as_str).collect();
            Some(GivenValue {
                name: setting.name,
                text: texts.join(","),
                from_environment: matches.value_source(setting.name)
                    == Some(ValueSource::EnvVariable),
            })
        };
        let config = if S::READS_FILE { matches.get_one::<PathBuf>("config") } else { None };
        Ok(Self {
            config: config.cloned(),
            values: S::GROUPS.iter().copied().flatten().filter_map(value).collect(),
            defaults: &[],
            scope: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The flag of a setting. Its value is checked with those of the file, by the same rules.
fn flag(setting: &'static Setting) -> Arg {
    let mut help = setting.paragraphs().into_iter().next().unwrap_or_default();
    if help.ends_with('.') {
        help.pop();
    }
    match (setting.kind, setting.default_shown()) {
        (_, "") | (Kind::Switch, _) => {}
        (_, default) => help.push_str(&format!(" [default: {default}]")),
    }
    let arg = Arg::new(setting.name)
        .long(setting.flag)
        .env(setting.env)
        .hide_env_values(setting.is_secret)
        .hide(setting.is_hidden)
        .help_heading(setting.group)
        .value_name(setting.value_name())
        .value_parser(ValueParser::string())
        .help(help);
    match setting.kind {
        Kind::Switch => arg.num_args(0..=1).default_missing_value("true"),
        Kind::Numbers | Kind::Texts => arg.action(ArgAction::Append).value_delimiter(','),
        _ => arg,
    }
}
