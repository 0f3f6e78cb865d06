//! Clients that wait for changes: of one job, or of all jobs of an account.
//!
//! A watcher of a job gets its latest change, a watcher of an account a bounded number of changes. A
//! watcher that is too slow for them continues in the database. No queue is without bound.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use docket_contract::{JobId, UserId};
use docket_store::Change;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

/// A change as the watchers of an account get it.
#[derive(Clone, Debug)]
pub struct AccountChange {
    /// What happened.
    pub change: Arc<Change>,
    /// The place to resume from: no change up to here is delivered after this one.
    pub resume_seq: i64,
}

/// Changes of an account that wait for its slowest watcher, at most.
const ACCOUNT_CHANGES_MAX: usize = 256;

const SHARDS: usize = 16;

type Latest = Option<Arc<Change>>;

/// All watchers.
#[derive(Default)]
pub(crate) struct Watchers {
    jobs: Shards<JobId, watch::Sender<Latest>>,
    accounts: Shards<UserId, broadcast::Sender<AccountChange>>,
}

impl Watchers {
    pub(crate) fn watch_job(self: &Arc<Self>, id: JobId) -> JobWatch {
        let mut shard = self.jobs.of(&id);
        let changes = shard.entry(id).or_insert_with(|| watch::Sender::new(None)).subscribe();
        drop(shard);
        JobWatch { watchers: Arc::clone(self), id, changes }
    }

    pub(crate) fn watch_account(self: &Arc<Self>, user: &UserId) -> AccountWatch {
        let mut shard = self.accounts.of(user);
        let changes = shard
            .entry(user.clone())
            .or_insert_with(|| broadcast::Sender::new(ACCOUNT_CHANGES_MAX))
            .subscribe();
        drop(shard);
        AccountWatch { watchers: Arc::clone(self), user: user.clone(), changes }
    }

    /// How many watch jobs, and how many accounts.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let of_jobs = self.jobs.sum(|sender| sender.receiver_count());
        (of_jobs, self.accounts.sum(broadcast::Sender::receiver_count))
    }

    /// Sends a change to the watchers of its job.
    pub(crate) fn send_to_job(&self, change: &Arc<Change>) {
        let shard = self.jobs.of(&change.job_id);
        if let Some(sender) = shard.get(&change.job_id) {
            sender.send_if_modified(|latest| {
                let newer = latest.as_ref().is_none_or(|latest| latest.version < change.version);
                if newer {
                    *latest = Some(Arc::clone(change));
                }
                newer
            });
        }
    }

    /// Sends a change to the watchers of its account.
    pub(crate) fn send_to_account(&self, change: AccountChange) {
        let shard = self.accounts.of(&change.change.user_id);
        if let Some(sender) = shard.get(&change.change.user_id) {
            // The last watcher may be leaving.
            let _ = sender.send(change);
        }
    }
}

/// Watches one job.
pub struct JobWatch {
    watchers: Arc<Watchers>,
    id: JobId,
    changes: watch::Receiver<Latest>,
}

impl JobWatch {
    /// Waits for the next change.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // Cannot be: the sender stays as long as it is watched.
            std::future::pending().await
        }
    }

    /// Waits for the next change and returns the latest.
    pub async fn next(&mut self) -> Option<Arc<Change>> {
        self.changed().await;
        self.changes.borrow_and_update().clone()
    }
}

impl Drop for JobWatch {
    fn drop(&mut self) {
        let mut shard = self.watchers.jobs.of(&self.id);
        if shard.get(&self.id).is_some_and(|sender| sender.receiver_count() <= 1) {
            shard.remove(&self.id);
        }
    }
}

/// Watches all jobs of an account.
pub(crate) struct AccountWatch {
    watchers: Arc<Watchers>,
    user: UserId,
    changes: broadcast::Receiver<AccountChange>,
}

impl AccountWatch {
    /// Waits for the next change; `None` if some were missed, which can be read in the database.
    pub(crate) async fn next(&mut self) -> Option<AccountChange> {
        match self.changes.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(_)) => None,
            // Cannot be: the sender stays as long as it is watched.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for AccountWatch {
    fn drop(&mut self) {
        let mut shard = self.watchers.accounts.of(&self.user);
        if shard.get(&self.user).is_some_and(|sender| sender.receiver_count() <= 1) {
            shard.remove(&self.user);
        }
    }
}

/// A map in parts, each with a lock of its own.
struct Shards<K, V> {
    hasher: RandomState,
    parts: Box<[Mutex<HashMap<K, V>>]>,
}

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        let parts = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), parts }
    }
}

impl<K: Hash, V> Shards<K, V> {
    fn sum(&self, count: impl Fn(&V) -> usize) -> usize {
        let of_part = |part: &Mutex<HashMap<K, V>>| {
            part.lock().unwrap_or_else(PoisonError::into_inner).values().map(&count).sum::<usize>()
        };
        self.parts.iter().map(of_part).sum()
    }

    fn of(&self, key: &K) -> MutexGuard<'_, HashMap<K, V>> {
        let part = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0);
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
