//! The commands and their flags.

mod accounts;
mod documents;
mod fields;
mod server;
#[cfg(test)]
mod tests;
mod webhooks;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::config::{DataOptions, ServeOptions};
pub(crate) use accounts::{AccountsCommand, BytesMax, RunningMax, SetAccountArgs};
pub(crate) use documents::{DocumentArgs, Format, OperationArgs, ParseArgs};
pub(crate) use fields::{ChunkForm, ClassifyForm, ExtractForm, Fields, ParseForm, SplitForm};
pub(crate) use server::{ListArgs, ServerArgs};
pub(crate) use webhooks::{ListenArgs, WebhooksCommand};

/// Asynchronous document jobs: submit, poll, read.
#[derive(Debug, Parser)]
#[command(name = "docket", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API, with workers in the same process
    Serve(Box<ServeOptions>),
    /// Run the jobs of a database that other processes serve
    Work(Box<ServeOptions>),
    /// Migrate the schema of the database
    Migrate(Box<ServeOptions>),
    /// Check whether this machine can run the server; changes nothing
    Doctor(Box<DoctorArgs>),
    /// Start a server with embedded storage and parse one document
    Quickstart(Box<QuickstartArgs>),
    /// Create, list and revoke API keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// List accounts, and set their shares of the workers
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Parse documents on a server or on this machine
    Parse(Box<ParseArgs>),
    /// Extract the values of a JSON Schema from documents
    Extract(Box<OperationArgs<ExtractForm>>),
    /// Split the text of documents into chunks for retrieval
    Chunk(Box<OperationArgs<ChunkForm>>),
    /// Classify documents and their pages
    Classify(Box<OperationArgs<ClassifyForm>>),
    /// Split PDFs by category; --out-dir writes the parts to a folder
    Split(Box<OperationArgs<SplitForm>>),
    /// Show, watch and cancel jobs on a server
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Manage webhook endpoints, read their log, receive events
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Show the credits of the account
    Usage(ServerArgs),
    /// Copy the embedded database and its documents to a new folder, also while a server runs
    Backup(Box<BackupArgs>),
    /// Create a data folder from a backup
    Restore(Box<RestoreArgs>),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one page per command to a folder
    Man {
        /// Folder for the pages of all commands
        #[arg(long, value_name = "DIR")]
        out_dir: Option<PathBuf>,
    },
    /// Reads documents for another docket process
    #[command(hide = true)]
    EngineChild {
        /// Memory in bytes
        memory_bytes: u64,
        /// Start even if the sandbox is incomplete
        #[arg(long)]
        best_effort: bool,
    },
    /// Confines itself and becomes the recogniser of another docket process
    #[command(hide = true)]
    OcrChild(OcrChildArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OcrChildArgs {
    /// Memory in bytes
    #[arg(long)]
    pub(crate) memory_bytes: u64,
    /// Processor time in seconds
    #[arg(long)]
    pub(crate) cpu_s: u64,
    /// Folder that it may read in addition to its installation
    #[arg(long)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Start even if the sandbox is incomplete
    #[arg(long)]
    pub(crate) best_effort: bool,
    /// The recogniser
    pub(crate) program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct QuickstartArgs {
    /// The document to parse [default: a sample]
    pub(crate) file: Option<PathBuf>,
    /// Stop after the result instead of continuing to serve
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) serve: ServeOptions,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Print one JSON object per check
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Create a key; it is shown only once
    Create(Box<CreateKeyArgs>),
    /// List keys, newest first
    List(Box<ListArgs>),
    /// Revoke a key
    Revoke(Box<RevokeKeyArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct CreateKeyArgs {
    /// The account; it is created if it is new
    #[arg(long, value_name = "NAME")]
    pub(crate) user: String,
    /// Credits of the account per 30 days (one per page)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) credits: Option<i64>,
    /// Submits of the account per 60 seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) submits_per_minute: Option<i32>,
    /// Description of the key, shown in lists
    #[arg(long, default_value = "")]
    pub(crate) label: String,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataOptions,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeKeyArgs {
    /// The key's id, as `docket keys list` shows it
    pub(crate) id: Uuid,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataOptions,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The new folder
    #[arg(value_name = "DIR")]
    pub(crate) target: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataOptions,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The folder that docket backup wrote
    #[arg(value_name = "DIR")]
    pub(crate) source: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// Print the status of a job as JSON
    Get {
        /// Id of the job
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print every change of a job until it ends
    Watch {
        /// Id of the job
        id: String,
        /// Seconds to wait, at most
        #[arg(long, default_value_t = 600, value_name = "S")]
        timeout: u64,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List jobs, newest first
    List {
        /// Only jobs with this status: queued, PROCESSING, COMPLETED or FAILED
        #[arg(long)]
        status: Option<String>,
        /// Only jobs of this type, for example parsing
        #[arg(long = "type")]
        job_type: Option<String>,
        /// Number of jobs, at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print the result of a job
    Result {
        /// Id of the job
        id: String,
        /// Format of the result; Markdown is for parses only
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Cancel jobs that have not ended
    Cancel {
        /// Ids of the jobs
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Delete jobs that have ended, with their documents and results
    Delete {
        /// Ids of the jobs
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
}
