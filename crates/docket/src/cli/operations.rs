//! The flags of the commands that submit documents for other tasks than parsing.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;

/// What these commands have in common.
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    /// The documents
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Wait for the results and print them as JSON
    #[arg(long)]
    pub(crate) wait: bool,
    /// Write each result to this folder instead of printing it
    #[arg(long, value_name = "DIR", requires = "wait")]
    pub(crate) out_dir: Option<PathBuf>,
    /// Password of encrypted documents
    #[arg(long, env = "DOCKET_DOCUMENT_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Seconds to wait for each result
    #[arg(long, default_value_t = 600, value_name = "S")]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    /// A JSON Schema: a file, or the JSON itself
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) schema: String,
    /// Add the location of each value
    #[arg(long)]
    pub(crate) citations: bool,
    #[command(flatten)]
    pub(crate) submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ChunkArgs {
    /// semantic, fixed, page, paragraph, heading, hybrid or hierarchical
    #[arg(long, default_value = "semantic")]
    pub(crate) strategy: String,
    /// Characters of a chunk, for fixed
    #[arg(long, value_name = "N")]
    pub(crate) chunk_size: Option<usize>,
    /// Characters that consecutive chunks share, for fixed
    #[arg(long, value_name = "N")]
    pub(crate) overlap: Option<usize>,
    #[command(flatten)]
    pub(crate) submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CategoriesArgs {
    /// Names separated by commas, or a JSON list of names or of objects with name and description
    #[arg(long, value_name = "NAMES|JSON")]
    pub(crate) categories: String,
    #[command(flatten)]
    pub(crate) submit: SubmitArgs,
}
