//! The flags of `docket accounts`.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use clap::{Args, Subcommand};

use super::server::ListArgs;
use crate::config::DataOptions;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// List accounts and their limits
    List(Box<ListArgs>),
    /// Set an account's share of the workers and its limits
    Set(Box<SetAccountArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct SetAccountArgs {
    /// The account
    pub(crate) user: String,
    /// Share of the workers relative to other waiting accounts [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=1000))]
    pub(crate) weight: Option<i32>,
    /// Jobs that run at the same time; `default` for the setting account_running_max
    #[arg(long, value_name = "N|default", value_parser = running_max)]
    pub(crate) running_max: Option<RunningMax>,
    /// Total size of its documents in bytes; `default` for the setting account_documents_max_mb
    #[arg(long, value_name = "N|default", value_parser = bytes_max)]
    pub(crate) bytes_max: Option<BytesMax>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataOptions,
}

/// A limit of running jobs as the flag gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunningMax {
    /// The value of the setting.
    Default,
    /// This many jobs.
    Jobs(i32),
}

fn running_max(text: &str) -> Result<RunningMax, String> {
    if text == "default" {
        return Ok(RunningMax::Default);
    }
    match text.parse() {
        Ok(most) if most >= 1 => Ok(RunningMax::Jobs(most)),
        _ => Err("expected a number from 1, or default".to_owned()),
    }
}

/// A limit of bytes as the flag gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BytesMax {
    /// The value of the setting.
    Default,
    /// This many bytes.
    Bytes(i64),
}

fn bytes_max(text: &str) -> Result<BytesMax, String> {
    if text == "default" {
        return Ok(BytesMax::Default);
    }
    match text.parse() {
        Ok(most) if most >= 0 => Ok(BytesMax::Bytes(most)),
        _ => Err("expected a number of bytes, or default".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_or_the_default() {
        assert_eq!(running_max("4"), Ok(RunningMax::Jobs(4)));
        assert_eq!(running_max("default"), Ok(RunningMax::Default));
        for wrong in ["0", "-1", "none", ""] {
            assert!(running_max(wrong).is_err(), "{wrong}");
        }
        assert_eq!(bytes_max("0"), Ok(BytesMax::Bytes(0)));
        assert_eq!(bytes_max("10000000000"), Ok(BytesMax::Bytes(10_000_000_000)));
        assert_eq!(bytes_max("default"), Ok(BytesMax::Default));
        for wrong in ["-1", "10MB", ""] {
            assert!(bytes_max(wrong).is_err(), "{wrong}");
        }
    }
}
