//! The flags of `docket webhooks`.

use clap::{Args, Subcommand};

use super::ServerArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Make an endpoint; its secret is shown only now
    Create {
        /// Where events are posted to
        #[arg(value_name = "URL")]
        target: String,
        /// Only these events (job.completed, job.failed, job.cancelled, batch.completed)
        #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
        events: Vec<String>,
        /// A note of your own
        #[arg(long, default_value = "")]
        description: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List endpoints, newest first
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print an endpoint
    Get {
        /// The endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove an endpoint with its log
    Delete {
        /// The endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Deliver again, first what has been waiting
    Enable {
        /// The endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Hold every delivery until the endpoint is enabled
    Disable {
        /// The endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Give an endpoint a new secret
    Rotate {
        /// The endpoint
        id: String,
        /// Seconds for which deliveries are signed with the former secret as well
        #[arg(long, default_value_t = 86_400, value_name = "S")]
        overlap_s: u64,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Send a test
    Test {
        /// The endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List deliveries, newest first, or print one with its attempts
    Log {
        /// The endpoint
        id: String,
        /// The delivery to print
        delivery: Option<String>,
        /// Only pending, delivered or failed ones
        #[arg(long)]
        status: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Deliver once more: one delivery, or all that failed since an instant
    Replay {
        /// The endpoint
        id: String,
        /// The delivery
        #[arg(required_unless_present = "since", conflicts_with = "since")]
        delivery: Option<String>,
        /// All that failed since then, for example 2026-01-31T12:00:00Z
        #[arg(long, value_name = "INSTANT")]
        since: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print events as they come, checked, through an endpoint that is removed at the end
    Listen(Box<ListenArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// The port on this machine; any free one if not given
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Only these events
    #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// An address that leads to the port, for a server that cannot reach this machine
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
