//! The wire: routes, authentication, uploads and the contract's error bodies over the domain's
//! verbs. Knows HTTP, decides nothing.

mod dashboard;
mod forms;
mod layers;
pub mod openapi;
mod problem;
mod receiver;
mod results;
mod router;
mod routes;
mod serve;
mod state;

pub use layers::slots::AccountSlots;
pub use receiver::{Received, receiver};
pub use router::{paths, router};
pub use routes::metrics::metrics_router;
pub use serve::{ConnectionSettings, TrustedProxies, serve};
pub use state::ServerState;
