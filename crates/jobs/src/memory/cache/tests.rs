//! The memory of statuses under fills and invalidations in every order.

use std::sync::atomic::AtomicI64;

use docket_contract::UserId;

use super::*;

fn status(id: JobId, version: i64, ended: bool) -> Arc<Status> {
    Arc::new(Status {
        id,
        user_id: UserId("owner".to_owned()),
        version,
        ended,
        body: "{}".into(),
        etag: format!("\"{version}\"").into(),
        waiting: None,
    })
}

fn cache(alone: bool) -> StatusCache {
    let cache = StatusCache::new(1024 * 1024);
    cache.set_alone(alone);
    cache.fed(Instant::now());
    cache
}

fn known(cache: &StatusCache, id: JobId) -> Option<i64> {
    cache.get(id).map(|status| status.version)
}

#[test]
fn unfinished_jobs_are_remembered_only_by_a_node_that_is_alone() {
    let id = JobId::new();
    for (alone, ended, want) in [
        (true, false, Some(1)),
        (true, true, Some(1)),
        (false, false, None),
        (false, true, Some(1)),
    ] {
        let cache = cache(alone);
        cache.begin(id).learn(&status(id, 1, ended));
        assert_eq!(known(&cache, id), want, "alone {alone}, ended {ended}");
    }
}

#[test]
fn nothing_is_answered_without_a_feed() {
    let (cache, id) = (StatusCache::new(1024 * 1024), JobId::new());
    cache.begin(id).learn(&status(id, 1, true));
    assert_eq!(known(&cache, id), None);
    cache.fed(Instant::now());
    assert_eq!(known(&cache, id), Some(1));
    let two_seconds_ago = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
    let stale = Freshness { origin: two_seconds_ago, until_us: AtomicU64::new(0) };
    stale.fed(two_seconds_ago);
    assert!(!stale.is_fresh());
    stale.fed(Instant::now());
    assert!(stale.is_fresh());
}

#[test]
fn who_is_not_alone_any_more_forgets_unfinished_jobs_at_once() {
    let (cache, waiting, ended) = (cache(true), JobId::new(), JobId::new());
    cache.begin(waiting).learn(&status(waiting, 1, false));
    cache.begin(ended).learn(&status(ended, 3, true));
    let slow = cache.begin(waiting);
    cache.set_alone(false);
    assert_eq!((known(&cache, waiting), known(&cache, ended)), (None, Some(3)));
    slow.learn(&status(waiting, 1, false));
    cache.set_alone(true);
    assert_eq!(known(&cache, waiting), None, "nothing was learned in between");
    let numbers = cache.numbers();
    assert_eq!((numbers.hits, numbers.statuses, numbers.alone), (1, 1, true));
}

#[test]
fn an_older_read_never_replaces_a_newer_one() {
    let (cache, id) = (cache(true), JobId::new());
    let slow = cache.begin(id);
    cache.begin(id).learn(&status(id, 3, false));
    slow.learn(&status(id, 2, false));
    assert_eq!(known(&cache, id), Some(3));
}

#[test]
fn a_change_heard_during_a_read_keeps_it_from_being_remembered() {
    let (cache, id) = (cache(true), JobId::new());
    let slow = cache.begin(id);
    cache.changed(id, 2);
    slow.learn(&status(id, 1, false));
    assert_eq!(known(&cache, id), None);
    drop(slow);
    // A later read is not held by it.
    cache.begin(id).learn(&status(id, 2, false));
    assert_eq!(known(&cache, id), Some(2));
}

#[test]
fn a_deleted_job_is_forgotten_for_good() {
    let (cache, id) = (cache(false), JobId::new());
    let slow = cache.begin(id);
    cache.begin(id).learn(&status(id, 5, true));
    cache.changed(id, i64::MAX);
    assert_eq!(known(&cache, id), None);
    slow.learn(&status(id, 5, true));
    assert_eq!(known(&cache, id), None);
}

#[test]
fn memory_is_bounded() {
    let cache = cache(false);
    for _ in 0..10_000 {
        let id = JobId::new();
        cache.begin(id).learn(&status(id, 1, true));
    }
    assert!(cache.entries.weight() <= 1024 * 1024);
    assert!(cache.entries.len() > 1000);
    assert!(cache.stripes.iter().all(|stripe| stripe.lock().unwrap().is_empty()));
}

/// One writer changes a job and announces it a little later, as a feed does; readers fill memory
/// from "the database" with delays of their own. No reader sees an older version after a newer one,
/// and at rest memory has the last version or none.
#[test]
fn fills_and_changes_race() {
    const VERSIONS: i64 = 5_000;
    let (cache, id) = (cache(true), JobId::new());
    let database = AtomicI64::new(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in 2..=VERSIONS {
                database.store(version, Ordering::SeqCst);
                if version % 3 == 0 {
                    std::thread::yield_now();
                }
                cache.changed(id, version);
                cache.fed(Instant::now());
            }
        });
        for _ in 0..3 {
            scope.spawn(|| {
                let mut last = 0;
                while last < VERSIONS {
                    let seen = match known(&cache, id) {
                        Some(version) => version,
                        None => {
                            let reading = cache.begin(id);
                            let version = database.load(Ordering::SeqCst);
                            if version % 2 == 0 {
                                std::thread::yield_now();
                            }
                            reading.learn(&status(id, version, false));
                            version
                        }
                    };
                    assert!(seen >= last, "{seen} after {last}");
                    last = seen;
                }
            });
        }
    });
    assert!(matches!(known(&cache, id), None | Some(VERSIONS)));
}
