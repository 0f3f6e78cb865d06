//! Writes that come at the same time go in one statement: one commit instead of many.
//!
//! Nobody waits for company: whatever arrived while the former statement ran goes together.

use std::pin::Pin;

use tokio::sync::{mpsc, oneshot};

use crate::error::Error;

/// Writes of one statement, at most.
const TOGETHER_MAX: usize = 256;

/// Writes that wait; beyond it those who bring more wait.
const WAITING_MAX: usize = 1024;

/// A write on its way, and where its answer goes.
pub(super) struct Waiting<W, A> {
    pub(super) write: W,
    answer: oneshot::Sender<Result<A, Error>>,
}

impl<W, A> Waiting<W, A> {
    /// Tells the outcome. Whoever does not wait any more has lost nothing: the database says what
    /// happened.
    pub(super) fn tell(self, outcome: Result<A, Error>) {
        let _ = self.answer.send(outcome);
    }
}

/// Takes writes to the task that writes them; the task ends with this value.
pub(super) struct Together<W, A> {
    sender: mpsc::Sender<Waiting<W, A>>,
}

type Written = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<W: Send + 'static, A: Send + 'static> Together<W, A> {
    /// Starts the task; `write` tells every write its outcome.
    pub(super) fn start(
        write: impl Fn(Vec<Waiting<W, A>>) -> Written + Send + Sync + 'static,
    ) -> Self {
        let (sender, mut waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            let mut together = Vec::with_capacity(TOGETHER_MAX);
            while waiting.recv_many(&mut together, TOGETHER_MAX).await > 0 {
                write(std::mem::take(&mut together)).await;
            }
        });
        Self { sender }
    }

    /// The outcome of this write.
    pub(super) async fn write(&self, write: W) -> Result<A, Error> {
        let (answer, told) = oneshot::channel();
        let gone = || Error::Unavailable("the store is closed".into());
        self.sender.send(Waiting { write, answer }).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}
