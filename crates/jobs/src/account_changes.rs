//! The changes of an account's jobs, one after the other: new ones from memory, earlier
//! ones, and those that memory dropped for a slow reader, from the database.
//!
//! A change can become visible after later ones (its transaction took longer, or was held up). So
//! each change is delivered with a place to resume from, up to which nothing more can come: usually
//! its own `seq`, or an earlier one while an earlier change is open. A reader that resumes there gets
//! every change, and perhaps some of them again.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use docket_store::{Change, ChangeScope};

use crate::memory::AccountWatch;
use crate::{AccountChange, Caller, Error, Jobs};

/// Changes that are read from the database at once.
const PAGE: usize = 500;

/// Changes beyond the settled ones that are remembered as delivered, at most. If there are more, a
/// reader that fell behind gets some of them again.
const DELIVERED_MAX: usize = 10_000;

/// All changes of an account's jobs from some place on.
pub struct AccountChanges {
    jobs: Jobs,
    caller: Caller,
    watch: AccountWatch,
    past: VecDeque<AccountChange>,
    /// The last that was read from the database.
    read_seq: i64,
    /// What comes before it is read from the database.
    read_until: i64,
    /// What was settled before the reading began: a change that became visible later may be on no
    /// page, and comes from memory.
    settled_seq: i64,
    resume_seq: i64,
    /// Changes beyond `resume_seq` that were delivered.
    delivered: BTreeSet<i64>,
}

impl Jobs {
    /// Follows all of the caller's jobs, from `after_seq` on or from now on.
    #[must_use]
    pub fn follow_account(&self, caller: &Caller, after_seq: Option<i64>) -> AccountChanges {
        // Watched before the places are read: a change in between is delivered twice, not never.
        let watch = self.memory.watchers.watch_account(&caller.user_id);
        let (delivered_seq, settled_seq) = (self.delivered_seq(), self.settled_seq());
        AccountChanges {
            jobs: self.clone(),
            caller: caller.clone(),
            watch,
            past: VecDeque::new(),
            read_seq: after_seq.unwrap_or(delivered_seq),
            read_until: delivered_seq,
            settled_seq,
            resume_seq: after_seq.unwrap_or(settled_seq),
            delivered: BTreeSet::new(),
        }
    }

    /// The newest change that was delivered to watchers of accounts.
    fn delivered_seq(&self) -> i64 {
        self.memory.delivered_seq.load(Ordering::Acquire)
    }

    /// Every change up to here is visible in the database, or will never be.
    fn settled_seq(&self) -> i64 {
        self.memory.settled_seq.load(Ordering::Acquire)
    }
}

impl AccountChanges {
    /// Waits for the next change.
    ///
    /// # Errors
    /// If the database fails; the caller resumes after the last change with a new one of these.
    pub async fn next(&mut self) -> Result<AccountChange, Error> {
        loop {
            while let Some(next) = self.past.pop_front() {
                if self.is_new(next.change.seq) {
                    return Ok(self.deliver(next));
                }
            }
            if self.read_seq < self.read_until {
                self.read_page().await?;
                continue;
            }
            match self.watch.next().await {
                Some(next) if self.is_new(next.change.seq) => return Ok(self.deliver(next)),
                Some(_) => {}
                None => self.fall_back(),
            }
        }
    }

    /// Continues in the database after the last safe place.
    fn fall_back(&mut self) {
        self.watch = self.jobs.memory.watchers.watch_account(&self.caller.user_id);
        self.read_until = self.jobs.delivered_seq();
        self.settled_seq = self.jobs.settled_seq();
        self.read_seq = self.resume_seq;
    }

    async fn read_page(&mut self) -> Result<(), Error> {
        let scope = ChangeScope::Account(self.caller.user_id.clone());
        let page = self.jobs.store.list_changes(&scope, self.read_seq, PAGE).await?;
        self.read_seq = match page.last() {
            Some(last) if page.len() == PAGE => last.seq,
            last => self.read_until.max(last.map_or(0, |change| change.seq)),
        };
        // Newer changes come from memory, in their turn.
        let (settled_seq, read_until) = (self.settled_seq, self.read_until);
        let next = |change: Change| AccountChange {
            resume_seq: change.seq.min(settled_seq),
            change: Arc::new(change),
        };
        self.past = page.into_iter().filter(|change| change.seq <= read_until).map(next).collect();
        Ok(())
    }

    fn is_new(&self, seq: i64) -> bool {
        seq > self.resume_seq && !self.delivered.contains(&seq)
    }

    fn deliver(&mut self, next: AccountChange) -> AccountChange {
        self.delivered.insert(next.change.seq);
        if next.resume_seq > self.resume_seq {
            self.resume_seq = next.resume_seq;
            self.delivered = self.delivered.split_off(&(next.resume_seq + 1));
        }
        if self.delivered.len() > DELIVERED_MAX {
            self.delivered.pop_first();
        }
        AccountChange { resume_seq: self.resume_seq, ..next }
    }
}
