//! The feed in SQLite: writers take turns, so the outbox is committed in the order of `seq`.
//!
//! The writer of this process wakes the feed; commits of other processes on the same file are found
//! by looking again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use docket_contract::JobId;
use rusqlite::OptionalExtension;
use tokio::sync::watch;

use super::SqliteStore;
use super::reader::Readers;
use super::rows::all;
use crate::error::Error;
use crate::interface::{Change, ChangeScope, Feed, FeedBatch, FeedPlace, FeedStore, Serving};
use crate::rows::{change_columns, read_change};

/// How often commits of other processes are looked for. One look is a seek in an index, no more
/// than asking for `data_version` would be.
const PERIOD: Duration = Duration::from_millis(25);

/// Changes in one batch, at most.
const BATCH_CHANGES_MAX: i64 = 1000;

#[async_trait]
impl FeedStore for SqliteStore {
    /// One process serves a file, which its owner sees to: it is always alone.
    async fn open_feed(&self, _: Serving) -> Result<Box<dyn Feed>, Error> {
        let committed = self.hints.committed.subscribe();
        let newest = "select coalesce(max(seq), 0) from job_events";
        let seq = self.readers.point(|connection| {
            Ok(connection.query_row(newest, [], |row| row.get::<_, i64>(0))?)
        })?;
        let readers = Arc::clone(&self.readers);
        let delivery = self.hints.delivery.clone();
        Ok(Box::new(SqliteFeed { readers, committed, delivery, seq, more: false }))
    }

    async fn list_changes(
        &self,
        scope: &ChangeScope,
        after_seq: i64,
        limit: usize,
    ) -> Result<Vec<Change>, Error> {
        let scope = scope.clone();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .list(move |connection| match &scope {
                ChangeScope::Job(id) => all(
                    connection,
                    concat!(
                        "select ",
                        change_columns!(),
                        " from job_events where job_id = ?1 and seq > ?2 order by seq limit ?3"
                    ),
                    &[id.uuid().as_bytes(), &after_seq, &limit],
                    read_change,
                ),
                ChangeScope::Account(user) => all(
                    connection,
                    concat!(
                        "select ",
                        change_columns!(),
                        " from job_events where user_id = ?1 and seq > ?2 order by seq limit ?3"
                    ),
                    &[&user.0, &after_seq, &limit],
                    read_change,
                ),
            })
            .await
    }

    async fn newest_change(&self, id: JobId) -> Result<Option<i64>, Error> {
        self.readers.point(|connection| {
            Ok(connection
                .prepare_cached(
                    "select seq from job_events where job_id = ?1 order by seq desc limit 1",
                )?
                .query_row([id.uuid().as_bytes()], |row| row.get(0))
                .optional()?)
        })
    }
}

struct SqliteFeed {
    readers: Arc<Readers>,
    committed: watch::Receiver<u64>,
    /// Another process does not announce deliveries: changes do.
    delivery: watch::Sender<u64>,
    seq: i64,
    /// The last batch was full: there may be more at once.
    more: bool,
}

#[async_trait]
impl Feed for SqliteFeed {
    async fn next(&mut self) -> Result<FeedBatch, Error> {
        if !self.more {
            // Only the end of the period can come, also when the writer has ended.
            let _ = tokio::time::timeout(PERIOD, self.committed.changed()).await;
        }
        self.committed.borrow_and_update();
        let read_at = Instant::now();
        let changes = self.readers.point(|connection| {
            all(
                connection,
                concat!(
                    "select ",
                    change_columns!(),
                    " from job_events where seq > ?1 order by seq limit ?2"
                ),
                &[&self.seq, &BATCH_CHANGES_MAX],
                read_change,
            )
        })?;
        self.more = i64::try_from(changes.len()).is_ok_and(|len| len == BATCH_CHANGES_MAX);
        if !changes.is_empty() {
            self.delivery.send_modify(|count| *count += 1);
        }
        self.seq = changes.last().map_or(self.seq, |change| change.seq);
        let complete = !self.more;
        Ok(FeedBatch { changes, settled_seq: self.seq, read_at, complete, alone: true })
    }

    fn place(&self) -> FeedPlace {
        FeedPlace { newest_seq: self.seq, settled_seq: self.seq }
    }
}
