//! Opening, migrating, reopening and closing.

use docket_contract::state::JobState;
use docket_store::{Clock, Error, OpenError, StoreConfig};
use tokio::task::JoinSet;

use crate::fixture::{Fixture, new_job, user};

const NEWEST: &str = "select max(version) from {schema_migrations}";

pub(crate) async fn many_nodes_open_at_once(f: Fixture) {
    let newest = f.number(NEWEST).await;
    for _ in 0..3 {
        f.erase().await;
        let mut tasks = JoinSet::new();
        for _ in 0..6 {
            let (database, clock) = (f.database(), Clock::test(f.clock.clone()));
            let config = StoreConfig { database, clock, migrate: true };
            tasks.spawn(async move { docket_store::open(config).await.unwrap() });
        }
        for store in tasks.join_all().await {
            store.ping().await.unwrap();
            store.close().await;
        }
        assert_eq!(f.number(NEWEST).await, newest);
    }
}

pub(crate) async fn an_old_schema_is_refused_without_migrating(f: Fixture) {
    let newest = f.number(NEWEST).await;
    f.erase().await;
    let refused = f.reopen(Clock::database(), false).await.err();
    let Some(OpenError::SchemaTooOld { found: 0, known }) = refused else { panic!("{refused:?}") };
    assert_eq!(known, newest);
    let text = refused.unwrap().to_string();
    assert!(text.contains("docket migrate"), "{text}");
    f.reopen(Clock::database(), true).await.unwrap().close().await;
    f.reopen(Clock::database(), false).await.unwrap().close().await;
}

pub(crate) async fn a_newer_schema_is_refused(f: Fixture) {
    let newest = f.number(NEWEST).await;
    let newer = "insert into {schema_migrations} (version, name, applied_at)
         select 99, 'of the future', applied_at from {schema_migrations} where version = 1";
    f.execute(newer).await;
    for migrate in [true, false] {
        let refused = f.reopen(Clock::database(), migrate).await.err();
        let Some(OpenError::SchemaTooNew { found: 99, known }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(known, newest);
    }
}

pub(crate) async fn a_reopened_store_finds_everything(f: Fixture) {
    let job = f.insert(new_job()).await;
    f.store.close().await;
    let store = f.reopen(Clock::test(f.clock.clone()), false).await.unwrap();
    assert_eq!(store.find_job(job.id).await.unwrap(), Some(job));
    assert_eq!(store.balance(&user()).await.unwrap().used, 2);
    store.close().await;
}

pub(crate) async fn a_closed_store_is_unavailable(f: Fixture) {
    f.store.ping().await.unwrap();
    f.store.close().await;
    f.store.close().await;
    let refused = f.store.ping().await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let refused = f.store.insert_job(new_job()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

pub(crate) async fn the_real_clock_runs(f: Fixture) {
    let store = f.reopen(Clock::database(), false).await.unwrap();
    let before = chrono::Utc::now();
    store.insert_job(new_job()).await.unwrap();
    let lease = std::time::Duration::from_secs(10);
    let claims = store.claim(docket_contract::WorkerId::new(), 1, lease, lease).await.unwrap();
    let job = claims[0].job();
    let second = std::time::Duration::from_secs(1);
    assert!(job.created_at + second > before && job.created_at < before + 60 * second);
    assert_eq!((job.state, job.run_at), (JobState::Processing, job.created_at));
    assert!(job.updated_at > job.created_at);
    assert!(job.deadline_at > Some(job.created_at + lease - second));
    store.close().await;
}
