//! Opening, migrating, reopening and closing.

use docket_contract::state::JobState;
use docket_store::{Clock, Error, OpenError};
use tokio::task::JoinSet;

use crate::fixture::{Fixture, new_job, user};

pub(crate) async fn many_nodes_open_at_once(f: Fixture) {
    f.store.close().await;
    for _ in 0..3 {
        let empty = f.another().await;
        empty.store.close().await;
        empty.execute(DROP_EVERYTHING).await;
        let mut tasks = JoinSet::new();
        for _ in 0..6 {
            let config = docket_store::StoreConfig {
                database: empty.database(),
                clock: Clock::test(empty.clock.clone()),
                migrate: true,
            };
            tasks.spawn(async move { docket_store::open(config).await.unwrap() });
        }
        for store in tasks.join_all().await {
            store.ping().await.unwrap();
            store.close().await;
        }
        assert_eq!(empty.number("select count(*) from {schema_migrations}").await, 2);
    }
}

const DROP_EVERYTHING: &str = "drop table {job_events}; drop table {job_leases}; drop table {jobs};
    drop table {usage}; drop table {api_keys}; drop table {accounts}; drop table {schema_migrations}";

pub(crate) async fn an_old_schema_is_refused_without_migrating(f: Fixture) {
    f.store.close().await;
    f.execute(DROP_EVERYTHING).await;
    let refused = f.reopen(Clock::database(), false).await.err();
    assert!(matches!(refused, Some(OpenError::SchemaTooOld { found: 0, known: 2 })), "{refused:?}");
    let text = refused.unwrap().to_string();
    assert!(text.contains("docket migrate"), "{text}");
    f.reopen(Clock::database(), true).await.unwrap().close().await;
    f.reopen(Clock::database(), false).await.unwrap().close().await;
}

pub(crate) async fn a_newer_schema_is_refused(f: Fixture) {
    let newer = "insert into {schema_migrations} (version, name, applied_at)
         select 99, 'of the future', applied_at from {schema_migrations} where version = 1";
    f.execute(newer).await;
    for migrate in [true, false] {
        let refused = f.reopen(Clock::database(), migrate).await.err();
        assert!(
            matches!(refused, Some(OpenError::SchemaTooNew { found: 99, known: 2 })),
            "{refused:?}"
        );
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
