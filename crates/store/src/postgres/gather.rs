//! Status reads by key, grouped: reads that arrive while the database is busy with others share a
//! query.
//!
//! A query takes only reads that arrived before it was sent, so each answer is at least as new as
//! its request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use docket_contract::JobId;
use docket_contract::status::JobStatus;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::connections::Connections;
use crate::error::Error;
use crate::rows::{read_status, status_columns};

/// Queries under way at the same time: while one is answered, the next can be gathered.
const QUERIES_MAX: usize = 2;

/// Ids in one query, at most.
const QUERY_IDS_MAX: usize = 512;

const STATUSES: &str =
    concat!("select ", status_columns!(), " from docket.jobs where id = any($1)");

type Answer = Result<Option<JobStatus>, Error>;

/// Gathers status reads. Cheap to clone.
#[derive(Clone)]
pub(super) struct StatusReads {
    connections: Connections,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    waiting: HashMap<JobId, Vec<oneshot::Sender<Answer>>>,
    queries: usize,
}

impl State {
    fn take(&mut self) -> Option<HashMap<JobId, Vec<oneshot::Sender<Answer>>>> {
        if self.waiting.len() <= QUERY_IDS_MAX {
            let all = std::mem::take(&mut self.waiting);
            return (!all.is_empty()).then_some(all);
        }
        let ids: Vec<JobId> = self.waiting.keys().copied().take(QUERY_IDS_MAX).collect();
        Some(ids.into_iter().filter_map(|id| self.waiting.remove_entry(&id)).collect())
    }
}

impl StatusReads {
    pub(super) fn new(connections: Connections) -> Self {
        Self { connections, state: Arc::default() }
    }

    pub(super) async fn read(&self, id: JobId) -> Answer {
        let (sender, receiver) = oneshot::channel();
        let is_room = self.ask(id, sender);
        if is_room {
            tokio::spawn(self.clone().answer_all());
        }
        receiver.await.map_err(|gone| Error::Unavailable(gone.into()))?
    }

    async fn answer_all(self) {
        while let Some(asked) = self.take() {
            let ids: Vec<Uuid> = asked.keys().map(|id| id.uuid()).collect();
            let query = || sqlx::query(STATUSES).bind(ids.as_slice());
            let found = self.connections.all(query, read_status).await;
            answer(asked, found);
        }
    }

    /// Notes the question; answers whether a further query may go out for it.
    fn ask(&self, id: JobId, sender: oneshot::Sender<Answer>) -> bool {
        let mut state = self.lock();
        state.waiting.entry(id).or_default().push(sender);
        let is_room = state.queries < QUERIES_MAX;
        state.queries += usize::from(is_room);
        drop(state);
        is_room
    }

    /// The next ids to ask for; `None` if there are none, and this query's place is free then.
    fn take(&self) -> Option<HashMap<JobId, Vec<oneshot::Sender<Answer>>>> {
        let mut state = self.lock();
        let taken = state.take();
        if taken.is_none() {
            state.queries -= 1;
        }
        drop(state);
        taken
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(
    mut asked: HashMap<JobId, Vec<oneshot::Sender<Answer>>>,
    found: Result<Vec<JobStatus>, Error>,
) {
    // The caller may no longer wait.
    match found {
        Ok(found) => {
            for status in found {
                for sender in asked.remove(&status.id).unwrap_or_default() {
                    let _ = sender.send(Ok(Some(status.clone())));
                }
            }
            for sender in asked.into_values().flatten() {
                let _ = sender.send(Ok(None));
            }
        }
        Err(error) => {
            for sender in asked.into_values().flatten() {
                let _ = sender.send(Err(error.again()));
            }
        }
    }
}
