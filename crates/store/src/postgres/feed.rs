//! The feed in Postgres: the tail of the outbox, and again every number that is not yet settled.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use docket_contract::JobId;
use sqlx::Row;
use sqlx::postgres::{PgConnectOptions, PgRow};
use tokio::sync::watch;

use super::PostgresStore;
use super::gaps::{GAPS_MAX, Gaps};
use super::place::Place;
use super::rows::PgColumns;
use crate::error::Error;
use crate::interface::{Change, ChangeScope, Feed, FeedBatch, FeedPlace, FeedStore, Serving};
use crate::rows::{change_columns, read_change};

/// How often the feed reads without a hint.
const PERIOD: Duration = Duration::from_millis(250);

/// The least time between two looks: under load one look serves many hints.
const PAUSE: Duration = Duration::from_millis(5);

/// A look that takes longer has lost its connection.
const LOOK_MAX: Duration = Duration::from_secs(5);

/// New changes in one batch, at most.
const BATCH_CHANGES_MAX: i64 = 1000;

/// The largest number, the next transaction id, and the numbers below that are missing: some of them
/// may belong to transactions under way.
const OPEN: &str = "
    with newest as materialized (select coalesce(max(seq), 0) as seq from docket.job_events)
    select newest.seq, s.xmin::text::bigint + age(s.xmin::xid), array(
        select missing from generate_series(greatest(1, newest.seq - $1), newest.seq) missing
        where not exists (select from docket.job_events e where e.seq = missing))
    from newest, (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) s";

#[async_trait]
impl FeedStore for PostgresStore {
    async fn open_feed(&self, serving: Serving) -> Result<Box<dyn Feed>, Error> {
        let hint = self.signals.on_change();
        let mut place = Place::open(&self.options, serving).await?;
        if !place.is_held() {
            return Err(Error::Conflict("API node"));
        }
        let (newest, next_xid, missing): (i64, i64, Vec<i64>) =
            sqlx::query_as(OPEN).bind(GAPS_MAX).fetch_one(&mut place.session).await?;
        Ok(Box::new(PostgresFeed {
            options: self.options.clone(),
            serving,
            place: Some(place),
            hint,
            gaps: Gaps::opened(newest, missing, next_xid),
            opened_at_xid: next_xid,
            read_at: Instant::now(),
            more: false,
        }))
    }

    async fn list_changes(
        &self,
        scope: &ChangeScope,
        after_seq: i64,
        limit: usize,
    ) -> Result<Vec<Change>, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = || match scope {
            ChangeScope::Job(id) => sqlx::query(concat!(
                "select ",
                change_columns!(),
                " from docket.job_events where job_id = $1 and seq > $2 order by seq limit $3"
            ))
            .bind(id.uuid())
            .bind(after_seq)
            .bind(limit),
            ChangeScope::Account(user) => sqlx::query(concat!(
                "select ",
                change_columns!(),
                " from docket.job_events where user_id = $1 and seq > $2 order by seq limit $3"
            ))
            .bind(&user.0)
            .bind(after_seq)
            .bind(limit),
        };
        self.connections.all(query, read_change).await
    }

    async fn newest_change(&self, id: JobId) -> Result<Option<i64>, Error> {
        let newest = "select max(seq) from docket.job_events where job_id = $1";
        let query = || sqlx::query(newest).bind(id.uuid());
        Ok(self.connections.one(query, |row| row.long_or_null()).await?.flatten())
    }
}

struct PostgresFeed {
    options: PgConnectOptions,
    serving: Serving,
    /// None after a fault: the next read opens a session again.
    place: Option<Place>,
    hint: watch::Receiver<u64>,
    gaps: Gaps,
    /// Transactions below it may have taken numbers that count as seen.
    opened_at_xid: i64,
    read_at: Instant,
    /// The last batch was full: there may be more at once.
    more: bool,
}

/// One row with the horizon at least; its columns of a change are null then. The next transaction id
/// is read through `age`, which measures from it: a snapshot's own `xmax` is before the last id that
/// *ended*, and ids beyond it may be under way.
const LOOK: &str = concat!(
    "with horizon as materialized (
        select s.xmin::text::bigint as xmin, s.xmin::text::bigint + age(s.xmin::xid) as next_xid
        from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) s),
    late as (select * from docket.job_events where seq = any($2)),
    new as (select * from docket.job_events where seq > $1 order by seq limit $3)
    select xmin, next_xid, ",
    change_columns!(),
    " from horizon left join (select * from late union all select * from new) c on true
     order by seq"
);

#[async_trait]
impl Feed for PostgresFeed {
    async fn next(&mut self) -> Result<FeedBatch, Error> {
        if !self.more {
            // The store lives as long as its feeds are read, so hints do not end before them.
            let _ = tokio::time::timeout(PERIOD, self.hint.changed()).await;
            tokio::time::sleep_until((self.read_at + PAUSE).into()).await;
        }
        self.hint.borrow_and_update();
        self.read_at = Instant::now();
        let rows = tokio::time::timeout(LOOK_MAX, self.look())
            .await
            .map_err(|elapsed| Error::Unavailable(elapsed.into()))??;
        let row = rows.first().ok_or_else(|| Error::Corrupt("a look without a row".to_owned()))?;
        let (xmin, next_xid): (i64, i64) = (row.try_get("xmin")?, row.try_get("next_xid")?);
        let changes = read_changes(&rows)?;
        let new = changes.iter().filter(|change| change.seq > self.gaps.newest()).count();
        self.more = i64::try_from(new).is_ok_and(|new| new == BATCH_CHANGES_MAX);
        self.gaps.absorb(changes.iter().map(|change| change.seq), xmin, next_xid);
        Ok(FeedBatch {
            changes,
            settled_seq: self.gaps.settled(),
            read_at: self.read_at,
            complete: !self.more && xmin >= self.opened_at_xid,
            alone: self.place.as_ref().is_some_and(Place::is_alone),
        })
    }

    fn place(&self) -> FeedPlace {
        FeedPlace { newest_seq: self.gaps.newest(), settled_seq: self.gaps.settled() }
    }
}

impl PostgresFeed {
    /// A session in which anything fails is not used again.
    async fn look(&mut self) -> Result<Vec<PgRow>, Error> {
        let mut place = match self.place.take() {
            Some(place) => place,
            None => Place::open(&self.options, self.serving).await?,
        };
        place.renew().await?;
        let query = sqlx::query(LOOK)
            .bind(self.gaps.newest())
            .bind(self.gaps.open())
            .bind(BATCH_CHANGES_MAX);
        let rows = query.fetch_all(&mut place.session).await?;
        self.place = Some(place);
        Ok(rows)
    }
}

fn read_changes(rows: &[PgRow]) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        if row.try_get::<Option<i64>, _>("seq")?.is_some() {
            changes.push(read_change(&mut PgColumns::after(row, 2))?);
        }
    }
    Ok(changes)
}
