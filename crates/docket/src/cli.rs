//! The commands and their flags.

mod accounts;
mod operations;
mod webhooks;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::config::{DataOptions, OcrOptions, ServeOptions};
pub(crate) use accounts::{AccountsCommand, BytesMax, RunningMax, SetAccountArgs};
pub(crate) use operations::{CategoriesArgs, ChunkArgs, ExtractArgs, SubmitArgs};
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
    /// Work on the jobs of a database that other processes serve
    Work(Box<ServeOptions>),
    /// Bring the database's schema up to date
    Migrate(Box<ServeOptions>),
    /// Check the database, the storage, the engine and Tesseract
    Doctor(Box<ServeOptions>),
    /// Start with everything embedded, and take one document through it
    Quickstart(Box<QuickstartArgs>),
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// List accounts, and set their shares of the workers
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Parse documents, on a server or on this machine
    Parse(Box<ParseArgs>),
    /// Find the values of a JSON Schema in documents
    Extract(Box<ExtractArgs>),
    /// Cut documents' text for retrieval
    Chunk(Box<ChunkArgs>),
    /// Tell the category of documents and of their pages
    Classify(Box<CategoriesArgs>),
    /// Take PDFs apart by category; with --out-dir, the parts are written there
    Split(Box<CategoriesArgs>),
    /// Look at jobs on a server
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Be told of what happens: endpoints, their log, a receiver
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Reads documents for another docket process
    #[command(hide = true)]
    EngineChild {
        /// Memory in bytes
        memory_bytes: u64,
        /// Works without the walls that this machine does not have
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
    /// Folder that it may read besides its installation
    #[arg(long)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Works without the walls that this machine does not have
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
    /// The document to parse; a bundled sample if none is given
    pub(crate) file: Option<PathBuf>,
    /// End after the result instead of serving on
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key; its text is shown only now
    Create(Box<CreateKeyArgs>),
    /// List keys, newest first
    List(Box<DataOptions>),
    /// Revoke a key
    Revoke(Box<RevokeKeyArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct CreateKeyArgs {
    /// The account; made if it is new
    #[arg(long, value_name = "NAME")]
    pub(crate) user: String,
    /// Credits of the account per 30 days (one per page)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) credits: Option<i64>,
    /// Submits of the account per 60 seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) submits_per_minute: Option<i32>,
    /// What the key is for, shown in lists
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
    #[command(flatten)]
    pub(crate) data: DataOptions,
}

/// Where the server is, for commands that are clients.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    /// The server
    #[arg(long, env = "DOCKET_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) url: String,
    /// The API key
    #[arg(long, env = "DOCKET_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ParseArgs {
    /// The documents
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Wait for the results and print them
    #[arg(long)]
    pub(crate) wait: bool,
    /// Parse on this machine, without a server
    #[arg(long)]
    pub(crate) local: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub(crate) format: Format,
    /// Write each result into this folder instead of printing it
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,
    /// Pages to read, for example 1-5 or 2,4,6
    #[arg(long, value_name = "PAGES")]
    pub(crate) page_range: Option<String>,
    /// Opens encrypted documents
    #[arg(long, env = "DOCKET_DOCUMENT_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    #[command(flatten)]
    pub(crate) ocr: OcrOptions,
    /// Seconds to wait for each result
    #[arg(long, default_value_t = 600, value_name = "S")]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Markdown
    Md,
    /// The result as the API sends it
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// Print a job's status document
    Get {
        /// The job
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print every change of a job until it ends
    Watch {
        /// The job
        id: String,
        /// Seconds to wait
        #[arg(long, default_value_t = 600, value_name = "S")]
        timeout: u64,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List jobs, newest first
    List {
        /// Only queued, PROCESSING, COMPLETED or FAILED ones
        #[arg(long)]
        status: Option<String>,
        /// Only of this type, for example parsing
        #[arg(long = "type")]
        job_type: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Print the documents as JSON lines
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Cancel a job that has not ended
    Cancel {
        /// The job
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
}
