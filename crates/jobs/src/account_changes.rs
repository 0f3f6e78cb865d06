//! The changes of an account's jobs, one after the other: from memory as they happen, from the
//! database what happened before or went by too fast.
//!
//! A change can become visible after later ones (its transaction took longer, or was held up). So
//! each change is told with a place to go on from, up to which nothing more can come: its own `seq`
//! as a rule, an earlier one while something before it is open. Who goes on from there is told
//! everything, and after a break perhaps some of it again.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use docket_store::{Change, ChangeScope};

use crate::status::AccountWatch;
use crate::{Caller, Error, Jobs};

/// Changes that are read from the database at once.
const PAGE: usize = 500;

/// Changes beyond the settled ones that are known to have been told, at most: of more, some are
/// told again after a reader fell behind.
const TOLD_MAX: usize = 10_000;

/// A change as it is told to who watches an account.
#[derive(Clone, Debug)]
pub struct ToldChange {
    /// What happened.
    pub change: Arc<Change>,
    /// The place to go on from: nothing up to here is told after this.
    pub resume_seq: i64,
}

/// All changes of an account's jobs from some place on.
pub struct AccountChanges {
    jobs: Jobs,
    caller: Caller,
    watch: AccountWatch,
    past: VecDeque<ToldChange>,
    /// The last that was read from the database.
    read_seq: i64,
    /// What comes before it is read from the database.
    read_until: i64,
    /// What was settled before the reading began: what came late since then may not be on a page,
    /// and is told by memory.
    settled_seq: i64,
    resume_seq: i64,
    /// What was told beyond `resume_seq`.
    told: BTreeSet<i64>,
}

impl Jobs {
    /// Follows all of the caller's jobs, from `after_seq` on or from now on.
    #[must_use]
    pub fn follow_account(&self, caller: &Caller, after_seq: Option<i64>) -> AccountChanges {
        // Watched before the places are read: what is told in between is told twice, not never.
        let watch = self.memory.watchers.watch_account(&caller.user_id);
        let (told_seq, settled_seq) = (self.told_seq(), self.settled_seq());
        AccountChanges {
            jobs: self.clone(),
            caller: caller.clone(),
            watch,
            past: VecDeque::new(),
            read_seq: after_seq.unwrap_or(told_seq),
            read_until: told_seq,
            settled_seq,
            resume_seq: after_seq.unwrap_or(settled_seq),
            told: BTreeSet::new(),
        }
    }

    /// The newest change that those who watch accounts were told.
    fn told_seq(&self) -> i64 {
        self.memory.told_seq.load(Ordering::Acquire)
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
    /// If the database fails; the caller goes on from the last change with a new one of these.
    pub async fn next(&mut self) -> Result<ToldChange, Error> {
        loop {
            while let Some(told) = self.past.pop_front() {
                if self.is_new(told.change.seq) {
                    return Ok(self.tell(told));
                }
            }
            if self.read_seq < self.read_until {
                self.read_page().await?;
                continue;
            }
            match self.watch.next().await {
                Some(told) if self.is_new(told.change.seq) => return Ok(self.tell(told)),
                Some(_) => {}
                None => self.fall_back(),
            }
        }
    }

    /// Goes on in the database from the last safe place.
    fn fall_back(&mut self) {
        self.watch = self.jobs.memory.watchers.watch_account(&self.caller.user_id);
        self.read_until = self.jobs.told_seq();
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
        // What is newer is told by memory, in its turn.
        let (settled_seq, read_until) = (self.settled_seq, self.read_until);
        let told = |change: Change| ToldChange {
            resume_seq: change.seq.min(settled_seq),
            change: Arc::new(change),
        };
        self.past = page.into_iter().filter(|change| change.seq <= read_until).map(told).collect();
        Ok(())
    }

    fn is_new(&self, seq: i64) -> bool {
        seq > self.resume_seq && !self.told.contains(&seq)
    }

    fn tell(&mut self, told: ToldChange) -> ToldChange {
        self.told.insert(told.change.seq);
        if told.resume_seq > self.resume_seq {
            self.resume_seq = told.resume_seq;
            self.told = self.told.split_off(&(told.resume_seq + 1));
        }
        if self.told.len() > TOLD_MAX {
            self.told.pop_first();
        }
        ToldChange { resume_seq: self.resume_seq, ..told }
    }
}
