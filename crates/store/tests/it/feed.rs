//! The change feed: everything once, whoever committed it, nothing lost.

use std::time::Duration;

use docket_contract::state::JobState;
use docket_contract::{JobId, UserId};
use docket_store::{Change, ChangeKind, ChangeScope, Clock, Feed, FeedBatch, Serving, Settlement};
use sqlx::{Connection, PgConnection};

use crate::fixture::{Fixture, MILLISECOND, RETENTION, new_job, pages, success, user};

/// The longest that a test waits for a change.
const LIMIT: Duration = Duration::from_secs(60);

/// Reads on until `enough` says so; all changes so far and the last batch.
async fn read_until(
    feed: &mut dyn Feed,
    enough: impl Fn(&[Change], &FeedBatch) -> bool,
) -> (Vec<Change>, FeedBatch) {
    let reading = async {
        let mut changes = Vec::new();
        loop {
            let batch = feed.next().await.unwrap();
            changes.extend(batch.changes.iter().cloned());
            if enough(&changes, &batch) {
                return (changes, batch);
            }
        }
    };
    tokio::time::timeout(LIMIT, reading).await.expect("the change never came")
}

fn words(changes: &[Change], id: JobId) -> Vec<(i64, Option<&'static str>)> {
    let of_job = changes.iter().filter(|change| change.job_id == id);
    of_job.map(|change| (change.version, change.visible_state().map(JobState::jobs_word))).collect()
}

pub(crate) async fn every_change_is_fed_once(f: Fixture) {
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let id = f.insert(new_job()).await.id;
    f.settle(f.claim_one().await, Settlement::retry(MILLISECOND)).await;
    f.clock.advance(10 * MILLISECOND);
    f.settle(f.claim_one().await, success()).await;
    f.store.delete_job(&user(), id).await.unwrap();
    let gone = |changes: &[Change]| changes.iter().any(|c| c.kind == ChangeKind::Deleted);
    let (changes, _) = read_until(&mut *feed, |changes, batch| {
        gone(changes) && batch.settled_seq >= changes.last().unwrap().seq
    })
    .await;
    // What was read before the deletion may hold the job's life, or some of it.
    let seen = words(&changes, id);
    let life = [
        (1, Some("queued")),
        (2, Some("PROCESSING")),
        (3, Some("PROCESSING")),
        (4, Some("PROCESSING")),
        (5, Some("COMPLETED")),
        (6, None),
    ];
    assert!(life.ends_with(&seen[seen.len() - 1..]), "{seen:?}");
    assert!(seen.iter().all(|one| life.contains(one)) && seen.is_sorted(), "{seen:?}");
    assert!(feed.next().await.unwrap().changes.is_empty(), "nothing comes twice");
}

pub(crate) async fn a_feed_begins_where_it_was_opened(f: Fixture) {
    f.insert_some(3).await;
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let (before, _) = read_until(&mut *feed, |_, batch| batch.complete).await;
    assert_eq!(before, []);
    let id = f.insert(new_job()).await.id;
    let (after, _) = read_until(&mut *feed, |changes, _| !changes.is_empty()).await;
    assert_eq!(words(&after, id), [(1, Some("queued"))]);
}

pub(crate) async fn changes_of_other_processes_are_fed(f: Fixture) {
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..20 {
        let job = new_job();
        ids.push(job.id);
        other.insert_job(job).await.unwrap();
        ids.push(f.insert(new_job()).await.id);
    }
    let (changes, _) = read_until(&mut *feed, |changes, _| changes.len() >= ids.len()).await;
    for id in &ids {
        assert_eq!(words(&changes, *id), [(1, Some("queued"))]);
    }
    other.close().await;
}

pub(crate) async fn a_large_backlog_comes_in_batches(f: Fixture) {
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let id = f.insert(new_job()).await.id;
    let backlog = 2500;
    let copies = f.number("select max(seq) from {job_events}").await;
    let at = "select at from {job_events} order by seq desc limit 1";
    let at = if f.is_postgres() { format!("({at})") } else { f.number(at).await.to_string() };
    let numbers = if f.is_postgres() {
        format!("generate_series(2, {backlog}) as n (value)")
    } else {
        format!(
            "(with recursive n (value) as (select 2 union all select value + 1 from n where value < {backlog}) select value from n) as n"
        )
    };
    let id_of = "(select job_id from {job_events} limit 1)";
    f.execute(&format!(
        "insert into {{job_events}} (job_id, user_id, version, status, pages_done, at)
         select {id_of}, 'owner', n.value, 'processing', 0, {at} from {numbers}"
    ))
    .await;
    let (changes, batch) = read_until(&mut *feed, |changes, _| changes.len() >= backlog).await;
    let versions: Vec<i64> = changes.iter().map(|change| change.version).collect();
    assert_eq!(versions, (1..=i64::try_from(backlog).unwrap()).collect::<Vec<_>>());
    assert_eq!(batch.settled_seq, changes.last().unwrap().seq);
    assert!(changes.iter().all(|change| change.job_id == id && change.seq >= copies));
}

pub(crate) async fn changes_are_listed_by_job_and_account(f: Fixture) {
    let [first, second] = f.insert_some(2).await[..] else { unreachable!() };
    f.settle(f.claim_one().await, success()).await;
    let list = async |scope: ChangeScope, after, limit| {
        let changes = f.store.list_changes(&scope, after, limit).await.unwrap();
        changes.iter().map(|c| (c.job_id, c.version, c.seq)).collect::<Vec<_>>()
    };
    let all = list(ChangeScope::Account(user()), 0, 100).await;
    assert_eq!(all.len(), 4);
    assert!(all.is_sorted_by_key(|(_, _, seq)| *seq));
    let of_first = list(ChangeScope::Job(first), 0, 100).await;
    assert_eq!(of_first.iter().map(|(_, version, _)| *version).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(list(ChangeScope::Job(first), of_first[0].2, 1).await, of_first[1..2]);
    assert_eq!(list(ChangeScope::Account(user()), all[2].2, 100).await, all[3..]);
    assert_eq!(list(ChangeScope::Account(UserId("other".to_owned())), 0, 9).await, []);
    assert_eq!(f.store.newest_change(first).await.unwrap(), Some(of_first[2].2));
    let of_second = list(ChangeScope::Job(second), 0, 100).await;
    assert_eq!(f.store.newest_change(second).await.unwrap(), Some(of_second[0].2));
    assert_eq!(f.store.newest_change(JobId::new()).await.unwrap(), None);
}

pub(crate) async fn deletions_are_told_for_a_day(f: Fixture) {
    let ids = f.insert_some(2).await;
    for _ in &ids {
        f.settle(
            f.claim_one().await,
            Settlement::succeeded(docket_contract::BlobKey::result(), pages(1, 1)),
        )
        .await;
    }
    f.store.delete_job(&user(), ids[0]).await.unwrap();
    f.clock.advance(RETENTION);
    f.store.delete_expired(10).await.unwrap();
    let kinds = async || {
        let changes = f.store.list_changes(&ChangeScope::Account(user()), 0, 9).await.unwrap();
        changes.into_iter().map(|change| (change.job_id, change.kind)).collect::<Vec<_>>()
    };
    // The first deletion is older than a day by now, the second is fresh.
    assert_eq!(kinds().await, [(ids[1], ChangeKind::Deleted)]);
    f.clock.advance(Duration::from_secs(24 * 60 * 60));
    f.store.delete_expired(10).await.unwrap();
    assert_eq!(kinds().await, []);
}

const OPEN_EVENT: &str =
    "insert into docket.job_events (job_id, user_id, version, status, pages_done, at)
     values (gen_random_uuid(), 'owner', 1, 'queued', 0, now()) returning seq";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_commits_late_is_not_missed() {
    let f = Fixture::postgres().await;
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let mut slow = PgConnection::connect(f.postgres_url()).await.unwrap();
    let mut transaction = slow.begin().await.unwrap();
    let late: i64 = sqlx::query_scalar(OPEN_EVENT).fetch_one(&mut *transaction).await.unwrap();
    f.insert(new_job()).await;
    let (early, batch) = read_until(&mut *feed, |changes, _| !changes.is_empty()).await;
    assert_eq!(early.len(), 1, "a change that is committed does not wait");
    assert!(early[0].seq > late && batch.settled_seq < late);
    transaction.commit().await.unwrap();
    let (changes, batch) = read_until(&mut *feed, |changes, _| !changes.is_empty()).await;
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [late]);
    assert_eq!(batch.settled_seq, early[0].seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_undone_holds_nothing_up() {
    let f = Fixture::postgres().await;
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let mut slow = PgConnection::connect(f.postgres_url()).await.unwrap();
    let mut transaction = slow.begin().await.unwrap();
    let undone: i64 = sqlx::query_scalar(OPEN_EVENT).fetch_one(&mut *transaction).await.unwrap();
    f.insert(new_job()).await;
    read_until(&mut *feed, |changes, _| !changes.is_empty()).await;
    transaction.rollback().await.unwrap();
    let (changes, _) = read_until(&mut *feed, |_, batch| batch.settled_seq > undone).await;
    assert_eq!(changes, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_was_open_before_the_feed_is_not_missed() {
    let f = Fixture::postgres().await;
    let mut slow = PgConnection::connect(f.postgres_url()).await.unwrap();
    let mut transaction = slow.begin().await.unwrap();
    let late: i64 = sqlx::query_scalar(OPEN_EVENT).fetch_one(&mut *transaction).await.unwrap();
    f.insert(new_job()).await;
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let place = feed.place();
    assert!(place.newest_seq > late && place.settled_seq < late, "{place:?}");
    transaction.commit().await.unwrap();
    let (changes, batch) = read_until(&mut *feed, |changes, _| !changes.is_empty()).await;
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [late]);
    assert_eq!(batch.settled_seq, place.newest_seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_open_before_the_feed_makes_it_incomplete() {
    let f = Fixture::postgres().await;
    let mut slow = PgConnection::connect(f.postgres_url()).await.unwrap();
    let mut transaction = slow.begin().await.unwrap();
    sqlx::query(OPEN_EVENT).execute(&mut *transaction).await.unwrap();
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    assert!(!feed.next().await.unwrap().complete);
    transaction.commit().await.unwrap();
    read_until(&mut *feed, |_, batch| batch.complete).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_outlives_its_connections() {
    let f = Fixture::postgres().await;
    let mut feed = f.store.open_feed(Serving::Together).await.unwrap();
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    for _ in 0..3 {
        let job = new_job();
        let id = job.id;
        f.execute(crate::outage::CUT_EVERY_CONNECTION).await;
        while other.insert_job(job.clone()).await.is_err() {}
        let reading = async {
            loop {
                match feed.next().await {
                    Ok(batch) if batch.changes.iter().any(|change| change.job_id == id) => return,
                    Ok(_) | Err(docket_store::Error::Unavailable(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        };
        tokio::time::timeout(LIMIT, reading).await.expect("the change never came");
    }
    other.close().await;
}

pub(crate) async fn a_node_that_serves_alone_knows_it(f: Fixture) {
    let mut feed = f.store.open_feed(Serving::Alone).await.unwrap();
    assert!(feed.next().await.unwrap().alone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_serves_alone_is_joined_by_nobody() {
    let f = Fixture::postgres().await;
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let refused = async |serving| match other.open_feed(serving).await {
        Ok(_) => false,
        Err(docket_store::Error::Conflict("API node")) => true,
        Err(error) => panic!("{error:?}"),
    };
    let alone = f.store.open_feed(Serving::Alone).await.unwrap();
    assert!(refused(Serving::Alone).await && refused(Serving::Together).await);
    drop(alone);
    let leaving = async { while refused(Serving::Together).await {} };
    tokio::time::timeout(LIMIT, leaving).await.expect("its place was never free");
    let mut first = f.store.open_feed(Serving::Together).await.unwrap();
    let _second = other.open_feed(Serving::Together).await.unwrap();
    assert!(!first.next().await.unwrap().alone);
    assert!(refused(Serving::Alone).await);
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_ends_with_its_session() {
    let f = Fixture::postgres().await;
    let mut feed = f.store.open_feed(Serving::Alone).await.unwrap();
    assert!(feed.next().await.unwrap().alone);
    let place = "hashtextextended('docket.api_nodes', 0)";
    f.execute(crate::outage::CUT_EVERY_CONNECTION).await;
    f.execute(&format!("select pg_advisory_lock_shared({place})")).await;
    // What cannot be read is not alone either: until it can, memory has no feed.
    let back = async |feed: &mut dyn Feed| loop {
        match feed.next().await {
            Ok(batch) => return batch.alone,
            Err(docket_store::Error::Unavailable(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    };
    let alone = tokio::time::timeout(LIMIT, back(&mut *feed)).await.unwrap();
    assert!(!alone, "another node took the place");
    f.execute(&format!("select pg_advisory_unlock_shared({place})")).await;
    read_until(&mut *feed, |_, batch| batch.alone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_cross_processes() {
    let f = Fixture::postgres().await;
    let other = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    let mut ready = other.ready_hint();
    // The first sign says that hints are heard from now on.
    tokio::time::timeout(LIMIT, ready.changed()).await.unwrap().unwrap();
    f.insert(new_job()).await;
    tokio::time::timeout(LIMIT, ready.changed()).await.unwrap().unwrap();
    other.close().await;
}
