//! Connections to the database that break while clients poll and stream; Postgres only.

use std::time::Duration;

use docket_contract::WorkerId;
use docket_contract::job::{Failure, FailureCode};
use docket_jobs::{Jobs, Policy, Serving, Settled};
use reqwest::StatusCode;
use reqwest::multipart::Form;

use crate::app::{App, Database, LIMIT, file_part, letter, until};
use crate::events::Stream;
use crate::processes::{Process, docket};
use crate::status::work_one;

/// Answers when they are gone.
const CUT_EVERY_CONNECTION: &str = "select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()";

const CUT_LISTEN: &str = "select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'";

/// Takes the only job of the queue and gives it back: two changes.
async fn touch(jobs: &Jobs) {
    // The first to use a broken connection for a change is told so, before anything happened.
    until(async || match jobs.claim(WorkerId::new(), 1).await {
        Ok(mut claims) => {
            jobs.release(claims.pop().unwrap()).await.unwrap();
            true
        }
        Err(docket_jobs::Error::Unavailable(_)) => false,
        Err(error) => panic!("{error:?}"),
    })
    .await;
}

async fn version(app: &App, node: &str, id: &str) -> i64 {
    let answer = app.get_at(node, &format!("/jobs/{id}")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.headers()["etag"].to_str().unwrap().trim_matches('"').parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_do_not_notice_that_every_connection_was_cut() {
    let app = App::start(Database::postgres().await).await;
    let other = app.another_node().await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}/events");
    let mut streams = [
        Stream::open_at(&app, &app.base, &path).await,
        Stream::open_at(&app, &other.base, &path).await,
    ];
    let mut last = 0;
    for _ in 0..5 {
        app.database.execute(CUT_EVERY_CONNECTION).await;
        for turn in 0..10 {
            let node = if turn % 2 == 0 { &app.base } else { &other.base };
            let seen = version(&app, node, &id).await;
            assert!(seen >= last, "{seen} after {last}");
            last = seen;
        }
        touch(&app.jobs).await;
        for node in [&other.base, &app.base] {
            let seen = version(&app, node, &id).await;
            assert!(
                seen >= last + 2,
                "{seen} after {last}: read through, a change is seen at once"
            );
        }
    }
    app.database.execute(CUT_EVERY_CONNECTION).await;
    version(&app, &app.base, &id).await;
    touch(&app.jobs).await;
    work_one(&app.jobs).await;
    for stream in &mut streams {
        let told = stream.until("COMPLETED").await;
        let seqs: Vec<i64> = told.iter().map(|told| told.seq).collect();
        assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    }
    other.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_other_nodes_come_without_hints_too() {
    let app = App::start(Database::postgres().await).await;
    let other = app.another_node().await;
    let id = app.submit_id(letter()).await;
    let mut stream = Stream::open_at(&app, &other.base, &format!("/jobs/{id}/events")).await;
    assert_eq!(stream.next().await.unwrap().word(), "queued");
    app.database.execute(CUT_LISTEN).await;
    touch(&app.jobs).await;
    let told = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap();
    assert_eq!(told.unwrap().word(), "PROCESSING");
    app.delete(&format!("/jobs/{id}")).await;
    stream.until("FAILED").await;
    other.stop().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_alone_remembers_unfinished_jobs_until_its_place_is_taken() {
    let app = App::start_alone(Database::postgres().await).await;
    let id = app.submit_id(letter()).await;
    let answered_from_memory = async || {
        let before = app.jobs.memory_numbers().hits;
        version(&app, &app.base, &id).await;
        app.jobs.memory_numbers().hits > before
    };
    until(answered_from_memory).await;
    let (_, elsewhere) = app.database.open(Policy::default()).await;
    let mut place = None;
    until(async || {
        app.database.execute(CUT_EVERY_CONNECTION).await;
        place = elsewhere.open_feed(Serving::Together).await.ok();
        place.is_some()
    })
    .await;
    until(async || !app.jobs.memory_numbers().alone).await;
    for _ in 0..10 {
        assert!(!answered_from_memory().await, "others may know better");
    }
    drop(place);
    until(answered_from_memory).await;
    app.delete(&format!("/jobs/{id}")).await;
    elsewhere.close().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_serves_beside_a_node_that_is_alone() {
    let database = Database::postgres().await;
    let mut alone = Process::serve(&database, &["--sole-api-node"]).await;
    let second = |more: &[&str]| {
        let flags = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        docket(flags.into_iter().map(str::to_owned).chain(database.flags()).collect())
    };
    let refused = second(&[]).await;
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("--sole-api-node"), "{text}");
    // Its place ends with it, however it ends.
    alone.kill();
    let together = Process::serve(&database, &[]).await;
    let refused = second(&["--sole-api-node"]).await;
    assert_eq!(refused.status.code(), Some(2));
    drop(together);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_watcher_of_a_job_is_told_the_latest_alone() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let app = App::start(database).await;
        let id = app.submit_id(letter()).await;
        let watch = async || {
            app.jobs.watch_job(&app.caller, id.parse().unwrap(), Some(i64::MAX)).await.unwrap().1
        };
        let (mut slow, mut quick) = (watch().await, watch().await);
        for _ in 0..20 {
            touch(&app.jobs).await;
        }
        let mut last = 0;
        while last < 41 {
            let next = tokio::time::timeout(LIMIT, quick.next()).await.unwrap();
            last = next.unwrap().version;
        }
        assert_eq!(slow.next().await.unwrap().version, 41);
        assert!(futures_util::FutureExt::now_or_never(slow.next()).is_none(), "nothing is kept");
        app.delete(&format!("/jobs/{id}")).await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_commits_late_is_told_to_who_comes_back() {
    let app = App::start(Database::postgres().await).await;
    let mut stream = Stream::open_at(&app, &app.base, "/events").await;
    let sql = format!(
        "insert into docket.job_events (job_id, user_id, version, status, pages_done, at)
         values (gen_random_uuid(), '{}', 1, 'queued', 0, now())",
        app.caller.user_id.0
    );
    let late = app.database.begin(&sql).await;
    let id = app.submit_id(letter()).await;
    let told = stream.next().await.unwrap();
    assert_eq!(told.data["job_id"], id.as_str());
    drop(stream);
    let mut stream = Stream::open_after(&app, &app.base, "/events", Some(told.seq)).await;
    assert_eq!(stream.next().await.unwrap().data["job_id"], id.as_str(), "told again");
    late.commit().await.unwrap();
    assert_ne!(stream.next().await.unwrap().data["job_id"], id.as_str());
    drop(stream);
    // And to who comes back only now.
    let mut stream = Stream::open_after(&app, &app.base, "/events", Some(told.seq)).await;
    assert_ne!(stream.next().await.unwrap().data["job_id"], id.as_str());
    assert_eq!(stream.next().await.unwrap().data["job_id"], id.as_str());
    app.stop().await;
}

/// Nothing waits longer than this for a lock that somebody else holds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// Answers, within the limit, that the service is not available now.
async fn is_turned_away(request: impl Future<Output = reqwest::Response>) {
    let answer = tokio::time::timeout(ANSWERED_WITHIN, request).await.expect("it is answered");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    let body = answer.text().await.unwrap();
    assert!(body.contains("storage_unavailable"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_held_elsewhere_is_waited_for_a_few_seconds_only() {
    let app = App::start(Database::postgres().await).await;
    let id = app.submit_id(letter()).await;
    let path = format!("/jobs/{id}");
    let rows = app.database.begin("select from docket.jobs for update").await;
    is_turned_away(app.delete(&path)).await;
    let status = tokio::time::timeout(ANSWERED_WITHIN, app.get(&path)).await.unwrap();
    assert_eq!(status.status(), StatusCode::OK, "a read waits for nobody");
    let accounts = app.database.begin("select from docket.accounts for update").await;
    let form = Form::new().part("file", file_part(letter(), "letter.pdf"));
    is_turned_away(app.post_form(form)).await;
    rows.commit().await.unwrap();
    accounts.commit().await.unwrap();
    // Nothing is lost, and nothing came of what was turned away.
    assert_eq!(app.get_json(&path).await["status"], "queued");
    app.submit_id(letter()).await;
    let listed = app.get_json("/jobs").await;
    assert_eq!(listed["jobs"].as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(app.delete(&path).await.status(), StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_a_lock_holds_up_is_tried_again() {
    let app = App::start(Database::postgres().await).await;
    let id = app.submit_id(letter()).await;
    let claim = app.jobs.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
    let elsewhere = app.database.begin("select from docket.jobs for update").await;
    let failure = Failure::new(FailureCode::DocumentUnreadable, "It cannot be read");
    let waits = async || {
        let waits = "select 1 / count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        app.database.runs(waits).await
    };
    let (settled, ()) = tokio::join!(app.jobs.fail(claim, failure), async {
        // It waits, gives up, and waits again.
        until(waits).await;
        until(async || !waits().await).await;
        until(waits).await;
        elsewhere.commit().await.unwrap();
    });
    let Settled::Done(job) = settled.unwrap() else { panic!("lost") };
    assert_eq!((job.attempt, job.worker_losses), (1, 0));
    assert_eq!(app.get_json(&format!("/jobs/{id}")).await["status"], "FAILED");
    app.stop().await;
}
