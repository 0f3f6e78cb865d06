//! Flags that many commands share: the server of clients, and lists of the database.

use clap::Args;

use crate::config::DataOptions;

/// The server, for commands that are clients.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    /// Address of the server
    #[arg(long, env = "DOCKET_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) url: String,
    /// The API key
    #[arg(long, env = "DOCKET_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// Print JSON, one object per line
    #[arg(long)]
    pub(crate) json: bool,
}

/// A list of rows of the database.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print one JSON object per line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataOptions,
}
