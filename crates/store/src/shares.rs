//! Decides whose turn it is: divides the slots between accounts with waiting jobs, by start-time
//! fair queueing. See `docs/decisions/` on fair shares.
//!
//! Nothing here is authoritative: the database alone decides which jobs wait and run, and each read
//! of it corrects every number. A wrong number costs fairness for a moment, never a job.

mod claiming;
mod order;
mod state;

pub(crate) use claiming::{ClaimSource, Terms, claim};
pub use order::ExpectedOrder;
pub(crate) use order::WaitingJob;
pub(crate) use state::{Look, Looking, Pick, Shares, Waiting};
