//! Follows the change feed: it removes changed jobs from memory and wakes waiting clients.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use docket_contract::JobId;
use docket_store::{Change, ChangeKind, ChangeScope, Feed, FeedBatch};

use crate::memory::JobWatch;
use crate::{AccountChange, Caller, Error, Jobs};

/// The pause after a fault of the database.
const FAULT_PAUSE: Duration = Duration::from_millis(200);

/// How long a change waits for an earlier one that commits more slowly, before it is delivered to
/// watchers that need the order.
const ORDER_WAIT: Duration = Duration::from_secs(1);

/// Changes that are read from the database at once.
const CHANGES_PAGE: usize = 500;

/// Changes that wait for earlier ones.
#[derive(Default)]
struct Unordered(BTreeMap<i64, (Instant, Arc<Change>)>);

impl Unordered {
    /// The changes whose turn has come, in order.
    fn due(&mut self, settled_seq: i64, now: Instant) -> Vec<Arc<Change>> {
        let mut due = Vec::new();
        while let Some(first) = self.0.first_entry() {
            let (seen_at, _) = first.get();
            if *first.key() > settled_seq && now.duration_since(*seen_at) < ORDER_WAIT {
                break;
            }
            due.push(first.remove().1);
        }
        due
    }
}

impl Jobs {
    /// Follows the changes of all jobs, from every process, for as long as it is polled. An API node
    /// runs this once, called before it takes requests; without it every status comes from the
    /// database.
    pub fn follow_changes(&self, feed: Box<dyn Feed>) -> impl Future<Output = ()> + Send + use<> {
        // A watcher that starts now reads earlier changes from the database.
        let place = feed.place();
        self.memory.delivered_seq.store(place.newest_seq, Ordering::Release);
        self.memory.settled_seq.store(place.settled_seq, Ordering::Release);
        self.clone().follow(feed)
    }

    async fn follow(self, mut feed: Box<dyn Feed>) {
        let mut unordered = Unordered::default();
        loop {
            match feed.next().await {
                Ok(batch) => self.take_in(batch, &mut unordered),
                Err(error) => {
                    // Its place among the API nodes may be another's by now.
                    self.memory.statuses.set_alone(false);
                    pause_after(&error).await;
                }
            }
        }
    }

    fn take_in(&self, batch: FeedBatch, unordered: &mut Unordered) {
        let memory = &self.memory;
        for change in batch.changes {
            let deleted = change.kind == ChangeKind::Deleted;
            memory.statuses.changed(change.job_id, if deleted { i64::MAX } else { change.version });
            let age = self.now().signed_duration_since(change.at);
            metrics::histogram!("docket_change_delay_seconds")
                .record(age.as_seconds_f64().max(0.0));
            let change = Arc::new(change);
            memory.watchers.send_to_job(&change);
            unordered.0.insert(change.seq, (batch.read_at, change));
        }
        let due = unordered.due(batch.settled_seq, Instant::now());
        // Before they are delivered: a watcher that starts in between gets them twice, not never.
        let last = due.last().map_or(0, |change| change.seq).max(batch.settled_seq);
        memory.delivered_seq.fetch_max(last, Ordering::AcqRel);
        memory.settled_seq.fetch_max(batch.settled_seq, Ordering::AcqRel);
        for change in due {
            let resume_seq = change.seq.min(batch.settled_seq);
            memory.watchers.send_to_account(AccountChange { change, resume_seq });
        }
        memory.statuses.set_alone(batch.alone);
        if batch.complete {
            memory.statuses.fed(batch.read_at);
        }
    }

    /// Watches one of the caller's jobs: first what happened after `after_seq` (without one, the
    /// latest change), then what happens.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn watch_job(
        &self,
        caller: &Caller,
        id: JobId,
        after_seq: Option<i64>,
    ) -> Result<(Vec<Change>, JobWatch), Error> {
        // Watched before it is read, so that a change in between is not missed.
        let watch = self.memory.watchers.watch_job(id);
        self.status(caller, id).await?;
        let after = match after_seq {
            Some(seq) => seq,
            None => self.store.newest_change(id).await?.map_or(0, |newest| newest - 1),
        };
        let scope = ChangeScope::Job(id);
        let mut past = Vec::new();
        loop {
            let from = past.last().map_or(after, |change: &Change| change.seq);
            let page = self.store.list_changes(&scope, from, CHANGES_PAGE).await?;
            let full = page.len() == CHANGES_PAGE;
            past.extend(page);
            if !full {
                return Ok((past, watch));
            }
        }
    }

    /// Waits until no node answers any more what an ended job was before its last change.
    pub(crate) async fn propagate(&self, id: JobId) {
        self.memory.statuses.changed(id, i64::MAX);
        tokio::time::sleep(self.memory.statuses.propagation()).await;
    }
}

async fn pause_after(error: &docket_store::Error) {
    tracing::warn!(error = error as &dyn std::error::Error, "the change feed cannot be read");
    tokio::time::sleep(FAULT_PAUSE).await;
}

#[cfg(test)]
mod tests {
    use docket_contract::UserId;
    use docket_contract::timestamp::Timestamp;

    use super::*;

    fn seen(unordered: &mut Unordered, seq: i64, at: Instant) {
        let change = Change {
            seq,
            job_id: JobId::new(),
            user_id: UserId("owner".to_owned()),
            version: 1,
            kind: ChangeKind::Deleted,
            at: Timestamp::default(),
        };
        unordered.0.insert(seq, (at, Arc::new(change)));
    }

    fn due(unordered: &mut Unordered, settled_seq: i64, now: Instant) -> Vec<i64> {
        unordered.due(settled_seq, now).iter().map(|change| change.seq).collect()
    }

    #[test]
    fn changes_wait_for_earlier_ones_but_not_for_ever() {
        let (mut unordered, now) = (Unordered::default(), Instant::now());
        seen(&mut unordered, 7, now);
        seen(&mut unordered, 5, now);
        assert!(due(&mut unordered, 4, now).is_empty());
        seen(&mut unordered, 6, now);
        assert_eq!(due(&mut unordered, 6, now), [5, 6]);
        assert!(due(&mut unordered, 6, now).is_empty());
        assert_eq!(due(&mut unordered, 6, now + ORDER_WAIT), [7]);
    }
}
