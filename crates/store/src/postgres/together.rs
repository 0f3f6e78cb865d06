//! Writes that come at the same time go in one statement: one commit instead of many.
//!
//! Nobody waits for company: a write goes at once if none is under way, and what arrives meanwhile
//! goes together. Only those who were just answered are given a turn of the scheduler to bring their
//! next write; the first of them would else go alone, and hold up the others for a commit.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::error::Error;

/// How often those who were answered are let go first. One turn wakes a caller, a second lets it
/// bring its next write; the others are for the other threads.
const YIELDS: usize = 4;

/// Writes of one statement, at most.
const TOGETHER_MAX: usize = 256;

/// Something to write.
pub(super) trait Write: Send + 'static {
    type Outcome: Send + 'static;

    /// What it shares with others that can only be written one after the other: they never go in
    /// two statements at a time.
    fn turn(&self) -> Option<&str>;
}

/// Gathers writes. Cheap to clone.
pub(super) struct Together<W: Write>(Arc<Shared<W>>);

impl<W: Write> Clone for Together<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

type Written = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Shared<W: Write> {
    state: Mutex<State<W>>,
    write: Box<dyn Fn(Vec<Taken<W>>) -> Written + Send + Sync>,
}

struct State<W: Write> {
    waiting: Vec<Waiting<W>>,
    is_writing: bool,
    /// Writes on their way, by their turn.
    under_way: HashMap<String, usize>,
}

struct Waiting<W: Write> {
    write: W,
    answer: oneshot::Sender<Result<W::Outcome, Error>>,
}

impl<W: Write> State<W> {
    /// What can go in one statement now.
    fn take(&mut self) -> Vec<Waiting<W>> {
        let under_way = &self.under_way;
        let is_free = |waiting: &mut Waiting<W>| {
            waiting.write.turn().is_none_or(|turn| !under_way.contains_key(turn))
        };
        let taken: Vec<_> = self.waiting.extract_if(.., is_free).take(TOGETHER_MAX).collect();
        for waiting in &taken {
            if let Some(turn) = waiting.write.turn() {
                *self.under_way.entry(turn.to_owned()).or_default() += 1;
            }
        }
        taken
    }

    fn release(&mut self, turn: &str) {
        if let Some(writes) = self.under_way.get_mut(turn) {
            *writes -= 1;
            if *writes == 0 {
                self.under_way.remove(turn);
            }
        }
    }
}

impl<W: Write> Together<W> {
    /// `write` answers every write with its outcome.
    pub(super) fn new(write: impl Fn(Vec<Taken<W>>) -> Written + Send + Sync + 'static) -> Self {
        let state = State { waiting: Vec::new(), is_writing: false, under_way: HashMap::new() };
        Self(Arc::new(Shared { state: Mutex::new(state), write: Box::new(write) }))
    }

    /// The outcome of this write.
    pub(super) async fn write(&self, write: W) -> Result<W::Outcome, Error> {
        let (answer, outcome) = oneshot::channel();
        self.lock().waiting.push(Waiting { write, answer });
        self.go();
        outcome.await.map_err(|gone| Error::Unavailable(gone.into()))?
    }

    /// Starts a statement if none is under way and something can go.
    fn go(&self) {
        let mut state = self.lock();
        if state.is_writing {
            return;
        }
        let taken = state.take();
        if taken.is_empty() {
            return;
        }
        state.is_writing = true;
        drop(state);
        tokio::spawn(self.clone().write_all(taken));
    }

    async fn write_all(self, mut taken: Vec<Waiting<W>>) {
        while !taken.is_empty() {
            let together = taken.into_iter().map(|Waiting { write, answer }| Taken {
                write,
                answer: Some(answer),
                of: self.clone(),
            });
            (self.0.write)(together.collect()).await;
            for _ in 0..YIELDS {
                tokio::task::yield_now().await;
            }
            let mut state = self.lock();
            taken = state.take();
            state.is_writing = !taken.is_empty();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A write in progress. Its turn ends when it is answered with its outcome, or dropped.
pub(super) struct Taken<W: Write> {
    pub(super) write: W,
    answer: Option<oneshot::Sender<Result<W::Outcome, Error>>>,
    of: Together<W>,
}

impl<W: Write> Taken<W> {
    /// Answers with the outcome. A caller that no longer waits loses nothing: the database says what
    /// happened.
    pub(super) fn answer(mut self, outcome: Result<W::Outcome, Error>) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(outcome);
        }
    }
}

impl<W: Write> Drop for Taken<W> {
    fn drop(&mut self) {
        let Some(turn) = self.write.turn() else { return };
        self.of.lock().release(turn);
        self.of.go();
    }
}
