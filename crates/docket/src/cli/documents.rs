//! The flags of the commands that take documents: `parse`, `extract`, `chunk`, `classify`, `split`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::fields::{Fields, ParseForm};
use super::server::ServerArgs;
use crate::config::OcrOptions;

/// Documents on their way to the server or being processed there, unless a flag says otherwise.
const PARALLEL_DEFAULT: usize = 16;

/// What these commands have in common.
#[derive(Debug, Args)]
pub(crate) struct DocumentArgs {
    /// Documents: files, folders, patterns ('scans/**/*.pdf'), URLs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<OsString>,
    /// Name of the document from standard input, with its extension
    #[arg(long, default_value = "stdin", value_name = "NAME")]
    pub(crate) stdin_name: String,
    /// Wait for the results and print them
    #[arg(long)]
    pub(crate) wait: bool,
    /// Write each result to this folder as it arrives; waits for them
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,
    /// Documents that are sent or processed at the same time
    #[arg(long, default_value_t = PARALLEL_DEFAULT, value_name = "N", value_parser = at_least_one)]
    pub(crate) parallel: usize,
    /// Continue an earlier call: unchanged documents are not sent again
    #[arg(long)]
    pub(crate) resume: bool,
    /// With --resume, send documents again whose job failed
    #[arg(long, requires = "resume")]
    pub(crate) retry_failed: bool,
    /// Password of encrypted documents
    #[arg(long, env = "DOCKET_DOCUMENT_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Seconds to wait for each result
    #[arg(long, default_value_t = 600, value_name = "S")]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count >= 1 => Ok(count),
        _ => Err("expected a number from 1".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct ParseArgs {
    #[command(flatten)]
    pub(crate) documents: DocumentArgs,
    /// Parse on this machine, without a server
    #[arg(long, conflicts_with_all = ["resume", "retry_failed"])]
    pub(crate) local: bool,
    /// Format of the results
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) fields: Fields<ParseForm>,
    #[command(flatten)]
    pub(crate) ocr: OcrOptions,
}

/// An operation whose results are JSON.
#[derive(Debug, Args)]
pub(crate) struct OperationArgs<F: super::fields::Form> {
    #[command(flatten)]
    pub(crate) documents: DocumentArgs,
    #[command(flatten)]
    pub(crate) fields: Fields<F>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Markdown
    Md,
    /// The result as the API returns it
    Json,
}
