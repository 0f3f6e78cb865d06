//! What a database that goes away and comes back does to its callers; Postgres only.

use std::pin::pin;
use std::task::Poll;

use docket_contract::state::JobState;
use docket_store::{Clock, DatabaseConfig, Error, Inserted, NewJob, OpenError, StoreConfig};
use futures_util::future::join_all;

use crate::cutter::Cutter;
use crate::fixture::{Fixture, idempotency, new_job, success};

pub(crate) const CUT_EVERY_CONNECTION: &str =
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()";

/// More calls than the pool has connections.
const CALLS_MAX: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_resumes_after_every_connection_was_cut() {
    let f = Fixture::postgres().await;
    let id = f.insert(new_job()).await.id;
    let claim = f.claim_one().await;
    f.execute(CUT_EVERY_CONNECTION).await;
    let mut resumed = false;
    for _ in 0..CALLS_MAX {
        match f.store.ping().await {
            Ok(()) => resumed = true,
            Err(Error::Unavailable(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(resumed);
    f.settle(claim, success()).await;
    assert_eq!(f.find(id).await.state, JobState::Succeeded);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://docket:secret@127.0.0.1:{port}/docket");
    let database = DatabaseConfig::Postgres { url, connections_max: 1 };
    assert!(!format!("{database:?}").contains("secret"));
    let config = StoreConfig { database, clock: docket_store::Clock::database(), migrate: true };
    let refused = docket_store::open(config).await.err();
    assert!(matches!(refused, Some(OpenError::Store(Error::Unavailable(_)))), "{refused:?}");
    assert!(!format!("{refused:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_does_not_notice_that_its_connection_was_cut() {
    let f = Fixture::postgres().await;
    let id = f.insert(new_job()).await.id;
    for _ in 0..3 {
        // Several connections that were in use a moment ago, so that none is tested for its age.
        join_all((0..8).map(|_| f.store.find_job(id))).await;
        f.execute(CUT_EVERY_CONNECTION).await;
        for found in join_all((0..16).map(|_| f.store.find_job(id))).await {
            assert_eq!(found.unwrap().unwrap().id, id);
        }
        assert_eq!(f.store.find_status(id).await.unwrap().unwrap().id, id);
        f.execute(CUT_EVERY_CONNECTION).await;
        assert_eq!(f.store.find_status(id).await.unwrap().unwrap().id, id);
        f.execute(CUT_EVERY_CONNECTION).await;
        // So does what begins a transaction.
        f.insert(numbered_job()).await;
    }
}

/// A job with an idempotency key of its own: its submit is a transaction of several statements.
fn numbered_job() -> NewJob {
    let job = new_job();
    NewJob { idempotency: idempotency(&job.id.to_string(), 1), ..job }
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_no_transaction_open() {
    let f = Fixture::postgres().await;
    // With one connection, who comes next gets what the one before has left.
    let database =
        DatabaseConfig::Postgres { url: f.postgres_url().to_owned(), connections_max: 1 };
    let config = StoreConfig { database, clock: Clock::test(f.clock.clone()), migrate: false };
    let store = docket_store::open(config).await.unwrap();
    let mut answered = false;
    for polls_max in (1..50).chain(1..50) {
        answered = poll_at_most(store.insert_job(numbered_job()), polls_max).await;
        let job = new_job();
        let count = format!("select count(*) from {{jobs}} where id = '{}'", job.id);
        store.insert_job(job).await.unwrap();
        assert_eq!(f.number(&count).await, 1, "it was acknowledged, after {polls_max} polls");
    }
    store.close().await;
    assert!(answered, "the last one came to its end");
}

/// Lets go of a future that has no answer after so many polls; tells whether it had one.
async fn poll_at_most<T>(future: impl Future<Output = T>, polls_max: usize) -> bool {
    let (mut future, mut polls) = (pin!(future), 0);
    std::future::poll_fn(|context| {
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if polls == polls_max => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Wherever in the conversation a connection breaks, the caller is told that the database is
/// unavailable, or notices nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submit_that_is_cut_anywhere_may_be_sent_again() {
    /// Bytes between cuts; a prime, so that all places within messages are met.
    const STEP: usize = 13;
    let f = Fixture::postgres().await;
    let cutter = Cutter::before(f.postgres_url()).await;
    let database = DatabaseConfig::Postgres { url: cutter.url.clone(), connections_max: 4 };
    let config = StoreConfig { database, clock: Clock::test(f.clock.clone()), migrate: false };
    let store = docket_store::open(config).await.unwrap();
    for make in [new_job, numbered_job] {
        let mut told = 0;
        for bytes in (0..).step_by(STEP) {
            cutter.cut_after(bytes);
            let job = make();
            let id = job.id;
            match store.insert_job(job).await {
                Ok(Inserted::Job { .. }) => {
                    let count = format!("select count(*) from {{jobs}} where id = '{id}'");
                    assert_eq!(f.number(&count).await, 1, "it was acknowledged");
                }
                Err(Error::Unavailable(_)) => told += 1,
                other => panic!("cut after {bytes} bytes: {other:?}"),
            }
            if !cutter.has_cut() {
                break;
            }
        }
        assert!(told > 10, "{told} cuts were told");
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_the_servers_condition_may_pass() {
    let f = Fixture::postgres().await;
    f.execute(
        "create table told (code text); insert into told values ('');
         create function refuse() returns trigger language plpgsql as $$
            begin raise exception 'refused' using errcode = (select code from told); end $$;
         create trigger refuse before insert on {jobs} for each row execute function refuse()",
    )
    .await;
    let passing = [
        "08006", "25006", "25P02", "28000", "3D000", "40001", "40P01", "53100", "53300", "55P03",
        "57014", "57P01", "57P03", "58030", "XX000",
    ];
    let staying = ["22012", "42501", "0A000", "XX001", "P0001"];
    for code in passing.iter().chain(&staying) {
        f.execute(&format!("update told set code = '{code}'")).await;
        for job in [new_job(), numbered_job()] {
            let error = f.store.insert_job(job).await.unwrap_err();
            let passes = matches!(error, Error::Unavailable(_) | Error::NotWritable { .. });
            assert_eq!(passes, passing.contains(code), "{code}: {error:?}");
        }
    }
}
