//! The writer thread: it owns the only writing connection and commits whatever is waiting at once.
//!
//! Each operation runs in a savepoint of its own, so one that fails is undone alone. Nothing is
//! answered before the commit.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use docket_contract::timestamp::Timestamp;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::open_files::OpenFiles;
use crate::clock::Clock;
use crate::error::{Error, OpenError};

/// Operations in one commit, at most.
const BATCH_OPERATIONS_MAX: usize = 256;

/// Operations that may wait; beyond them callers wait to hand theirs in.
const WAITING_OPERATIONS_MAX: usize = 1024;

/// The way to the writer thread.
pub(super) struct Writer {
    messages: mpsc::Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// An operation's moment at the writing connection.
pub(super) struct Turn<'a> {
    connection: &'a Connection,
    now: Timestamp,
    made_ready: &'a Cell<bool>,
    made_delivery: &'a Cell<bool>,
}

impl Turn<'_> {
    /// The instant of this operation.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Announces that there may be something to claim after the commit.
    pub(super) fn mark_ready(&self) {
        self.made_ready.set(true);
    }

    /// Announces that there may be something to deliver after the commit. The end of a job is noticed
    /// without this.
    pub(super) fn mark_delivery(&self) {
        self.made_delivery.set(true);
    }
}

/// Where the writer announces what it committed.
#[derive(Clone, Default)]
pub(super) struct Hints {
    /// There may be something to claim.
    pub(super) ready: watch::Sender<u64>,
    /// There may be something to deliver.
    pub(super) delivery: watch::Sender<u64>,
    /// Something was committed.
    pub(super) committed: watch::Sender<u64>,
}

impl Deref for Turn<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

enum Message {
    Run(Box<dyn Operation>),
    Close,
}

trait Operation: Send {
    fn execute(&mut self, turn: &Turn<'_>);
    fn answer(self: Box<Self>, committed: Result<(), &Error>);
}

struct Pending<T, W> {
    work: Option<W>,
    outcome: Option<Result<T, Error>>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<T, W> Operation for Pending<T, W>
where
    T: Send,
    W: FnOnce(&Turn<'_>) -> Result<T, Error> + Send,
{
    fn execute(&mut self, turn: &Turn<'_>) {
        // Nobody waits for it any more: as if it had never been asked for.
        if self.reply.is_closed() {
            return;
        }
        if let Some(work) = self.work.take() {
            self.outcome = Some(in_savepoint(turn, work));
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), &Error>) {
        let answer = match (self.outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(error)) => Err(error.again()),
            (None, Ok(())) => Err(closed()),
        };
        // The caller may have gone.
        let _ = self.reply.send(answer);
    }
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        files: OpenFiles,
        clock: Clock,
        hints: Hints,
    ) -> Result<Self, OpenError> {
        let (messages, inbox) = mpsc::channel(WAITING_OPERATIONS_MAX);
        let (made_ready, made_delivery) = (Cell::new(false), Cell::new(false));
        let writing = WriterThread { connection, files, clock, hints, made_ready, made_delivery };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writing.serve(inbox))?;
        Ok(Self { messages, thread: Mutex::new(Some(thread)) })
    }

    /// Runs the work in the next batch; answers when it is committed.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&Turn<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let pending = Pending { work: Some(work), outcome: None, reply };
        self.messages.send(Message::Run(Box::new(pending))).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Ends the thread after what was handed in before.
    pub(super) async fn close(&self) {
        // An error means that the thread has ended already.
        let _ = self.messages.send(Message::Close).await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && let Ok(Err(_)) = tokio::task::spawn_blocking(move || thread.join()).await
        {
            tracing::error!("SQLite writer ended with a panic");
        }
    }
}

struct WriterThread {
    connection: Connection,
    files: OpenFiles,
    clock: Clock,
    hints: Hints,
    made_ready: Cell<bool>,
    made_delivery: Cell<bool>,
}

impl WriterThread {
    fn serve(self, mut inbox: mpsc::Receiver<Message>) {
        let mut received = Vec::with_capacity(BATCH_OPERATIONS_MAX);
        let mut closing = false;
        while !closing && inbox.blocking_recv_many(&mut received, BATCH_OPERATIONS_MAX) > 0 {
            let mut batch = VecDeque::with_capacity(received.len());
            for message in received.drain(..) {
                match message {
                    Message::Run(operation) if !closing => batch.push_back(operation),
                    Message::Run(_) => {}
                    Message::Close => closing = true,
                }
            }
            while !batch.is_empty() {
                self.commit_some(&mut batch);
            }
        }
    }

    /// Commits the batch, or as much of it as goes into one transaction.
    fn commit_some(&self, batch: &mut VecDeque<Box<dyn Operation>>) {
        self.made_ready.set(false);
        self.made_delivery.set(false);
        let mut executed = Vec::with_capacity(batch.len());
        let committed = self.execute(batch, &mut executed);
        if let Err(error) = &committed {
            tracing::error!(%error, "SQLite transaction failed");
        }
        if committed.is_ok() {
            self.hints.committed.send_modify(|count| *count += 1);
            if self.made_ready.get() {
                self.hints.ready.send_modify(|count| *count += 1);
            }
            if self.made_delivery.get() {
                self.hints.delivery.send_modify(|count| *count += 1);
            }
        }
        for operation in executed {
            operation.answer(committed.as_ref().copied());
        }
    }

    fn execute(
        &self,
        batch: &mut VecDeque<Box<dyn Operation>>,
        executed: &mut Vec<Box<dyn Operation>>,
    ) -> Result<(), Error> {
        let begun = self
            .files
            .check()
            .and_then(|()| Ok(self.connection.execute_batch("begin immediate")?));
        if let Err(error) = begun {
            executed.extend(batch.drain(..));
            return Err(unavailable(error));
        }
        while let Some(mut operation) = batch.pop_front() {
            operation.execute(&self.turn());
            executed.push(operation);
            // After some faults (a full disk, for one) SQLite undoes the whole transaction.
            if self.connection.is_autocommit() {
                return Err(Error::Unavailable("the transaction was undone by a fault".into()));
            }
        }
        self.note_events();
        self.connection.execute_batch("commit").map_err(|error| {
            // If this fails too, the next `begin` fails, and its callers get the error.
            let _ = self.connection.execute_batch("rollback");
            unavailable(error.into())
        })?;
        // A commit into a file that nobody finds any more is lost.
        self.files.check()
    }

    /// Jobs end in many ways, and a trigger writes their events: that there are some is all that
    /// announces it.
    fn note_events(&self) {
        let events = "select exists (select 1 from webhook_events)";
        let found = self.connection.prepare_cached(events);
        if found.is_ok_and(|mut found| found.query_row([], |row| row.get(0)).unwrap_or(false)) {
            self.made_delivery.set(true);
        }
    }

    fn turn(&self) -> Turn<'_> {
        Turn {
            connection: &self.connection,
            now: self.clock.host(),
            made_ready: &self.made_ready,
            made_delivery: &self.made_delivery,
        }
    }
}

fn in_savepoint<T>(
    turn: &Turn<'_>,
    work: impl FnOnce(&Turn<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    turn.prepare_cached("savepoint operation")?.execute([])?;
    let outcome = work(turn);
    if outcome.is_err() && !turn.is_autocommit() {
        turn.prepare_cached("rollback to operation")?.execute([])?;
    }
    if !turn.is_autocommit() {
        turn.prepare_cached("release operation")?.execute([])?;
    }
    outcome
}

/// The error of all operations of a batch: none of them is to blame for it.
fn unavailable(error: Error) -> Error {
    match error {
        Error::Other(source) => Error::Unavailable(source),
        other => other,
    }
}

fn closed() -> Error {
    Error::Unavailable("the store is closed".into())
}

#[cfg(test)]
mod tests;
