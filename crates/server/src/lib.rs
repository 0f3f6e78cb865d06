//! The wire: routes, authentication, uploads and the contract's error bodies over the domain's
//! verbs. Knows HTTP, decides nothing.

mod api_page;
mod auth;
mod client;
mod conditional;
mod crop_options;
mod dashboard;
mod drain;
mod exchange;
mod form;
mod from_memory;
mod host;
mod json_errors;
mod links;
mod metrics;
pub mod openapi;
mod operation_options;
mod parse_options;
mod path_id;
mod pictures;
mod problem;
mod receiver;
mod route_table;
mod router;
mod routes;
mod serve;
mod slots;
mod spec_limits;
mod wrong_keys;

use std::sync::Arc;

use docket_jobs::Jobs;
use tokio_util::sync::CancellationToken;

pub use receiver::{Received, receiver};
pub use router::{paths, router};
pub use routes::metrics::metrics_router;
pub use serve::{ConnectionSettings, TrustedProxies, serve};
pub use slots::AccountSlots;

/// What the routes work with.
#[derive(Clone)]
pub struct ServerState {
    /// The domain.
    pub jobs: Jobs,
    /// What clients put before every path, if it is not the address they call.
    pub public_url: Option<String>,
    /// What one account may hold open.
    pub slots: Arc<AccountSlots>,
    /// Says why this node is not ready, if it is not; asked by `GET /ready` after the database.
    pub readiness: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// Walls that readers of documents do without on this machine; shown by `GET /ready`.
    pub walls_missing: Vec<String>,
    /// Ends what is held open: waiting requests are answered, streams of events end.
    pub shutdown: CancellationToken,
}
