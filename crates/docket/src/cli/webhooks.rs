//! The flags of `docket webhooks`.

use clap::{Args, Subcommand};

use super::server::ServerArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Create an endpoint; its secret is shown only once
    Create {
        /// URL that receives the events
        #[arg(value_name = "URL")]
        target: String,
        /// Only these events (job.completed, job.failed, job.cancelled, batch.completed)
        #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
        events: Vec<String>,
        /// Description of the endpoint
        #[arg(long, default_value = "")]
        description: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List endpoints, newest first
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print one endpoint
    Get {
        /// Id of the endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove an endpoint and its log
    Delete {
        /// Id of the endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Enable an endpoint; waiting deliveries are sent first
    Enable {
        /// Id of the endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Disable an endpoint; its deliveries wait until it is enabled
    Disable {
        /// Id of the endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Replace the secret of an endpoint
    Rotate {
        /// Id of the endpoint
        id: String,
        /// Seconds for which deliveries are also signed with the previous secret
        #[arg(long, default_value_t = 86_400, value_name = "S")]
        overlap_s: u64,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Send a test event
    Test {
        /// Id of the endpoint
        id: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// List deliveries, newest first, or print one with its attempts
    Log {
        /// Id of the endpoint
        id: String,
        /// Id of the delivery to print
        delivery: Option<String>,
        /// Only deliveries with this status: pending, delivered or failed
        #[arg(long)]
        status: Option<String>,
        /// Number of deliveries, at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Send again one delivery, or all that failed since a time
    Replay {
        /// Id of the endpoint
        id: String,
        /// Id of the delivery
        #[arg(required_unless_present = "since", conflicts_with = "since")]
        delivery: Option<String>,
        /// All that failed since this time, for example 2026-01-31T12:00:00Z
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print verified events as they come; the endpoint is removed at the end
    Listen(Box<ListenArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// Port on this machine; 0 for any free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Only these events
    #[arg(long = "event", value_name = "EVENT", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// Address that forwards to the port, for a server that cannot reach this machine
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
