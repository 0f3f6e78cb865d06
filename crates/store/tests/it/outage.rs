//! What a database that goes away and comes back does to its callers; Postgres only.

use docket_contract::state::JobState;
use docket_store::{DatabaseConfig, Error, OpenError, StoreConfig};

use crate::fixture::{Fixture, new_job, success};

pub(crate) const CUT_EVERY_CONNECTION: &str =
    "select pg_terminate_backend(pid) from pg_stat_activity
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
