//! What the routes work with.

use std::sync::Arc;

use docket_jobs::Jobs;
use tokio_util::sync::CancellationToken;

use crate::layers::slots::AccountSlots;

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
