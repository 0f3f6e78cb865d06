//! The last answer to the question whether this node can serve.

use std::time::Instant;

use tokio::sync::Mutex;

/// Why a node is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReady {
    /// A stable word.
    pub reason: &'static str,
    /// The sentence for people.
    pub text: String,
}

impl NotReady {
    pub(crate) fn new(reason: &'static str, text: impl Into<String>) -> Self {
        Self { reason, text: text.into() }
    }
}

/// The last answer.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    pub(crate) last: Mutex<Option<(Instant, Result<(), NotReady>)>>,
}
