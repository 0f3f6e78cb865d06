//! Accounts share the workers, with real workers over HTTP.

use std::time::Duration;

use docket_contract::UserId;
use docket_contract::job::Job;
use docket_jobs::{AccountShare, Caller, Policy};
use docket_worker::WorkerSettings;
use serde_json::Value;

use crate::app::{App, Database, child_command, file_part, letter, new_account, until};
use crate::on_both_databases;

on_both_databases!(
    one_job_waits_for_few_of_anothers_many,
    accounts_run_no_more_jobs_than_their_limit,
    weights_divide_the_workers,
    positions_tell_the_accounts_turn,
);

async fn submit_as(app: &App, key: &str) -> String {
    let form = reqwest::multipart::Form::new().part("file", file_part(letter(), "letter.pdf"));
    let request = app.http.post(format!("{}/parse", app.base)).header("api-key", key);
    let answer: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
    answer["job_id"].as_str().unwrap().to_owned()
}

async fn job_of(app: &App, caller: &Caller, id: &str) -> Job {
    app.jobs.find(caller, id.parse().unwrap()).await.unwrap()
}

async fn jobs_of(app: &App, caller: &Caller, ids: &[String]) -> Vec<Job> {
    let mut jobs = Vec::with_capacity(ids.len());
    for id in ids {
        until(async || job_of(app, caller, id).await.finished_at.is_some()).await;
        jobs.push(job_of(app, caller, id).await);
    }
    jobs
}

async fn one_job_waits_for_few_of_anothers_many(database: Database) {
    let mut app = App::start(database).await;
    let (key, other) = new_account(&app.jobs, "other").await;
    let mut many = Vec::new();
    for _ in 0..40 {
        many.push(app.submit_id(letter()).await);
    }
    app.start_worker();
    until(async || job_of(&app, &app.caller, &many[2]).await.finished_at.is_some()).await;
    let id = submit_as(&app, &key).await;
    let one = jobs_of(&app, &other, std::slice::from_ref(&id)).await.remove(0);
    let started_before = jobs_of(&app, &app.caller, &many)
        .await
        .iter()
        .filter(|job| job.started_at > Some(one.created_at) && job.started_at < one.started_at)
        .count();
    // Two slots, three turns of each at most.
    assert!(started_before <= 6, "{started_before} jobs were started before it");
    app.stop().await;
}

async fn accounts_run_no_more_jobs_than_their_limit(database: Database) {
    let policy = Policy { running_max: Some(1), ..Policy::default() };
    let mut app = App::start_with(database, policy).await;
    let (key, two) = new_account(&app.jobs, "two").await;
    let share = AccountShare { running_max: Some(Some(2)), ..AccountShare::default() };
    app.jobs.set_share(&two.user_id, share).await.unwrap();
    let (mut ones, mut twos) = (Vec::new(), Vec::new());
    for _ in 0..8 {
        ones.push(app.submit_id(letter()).await);
        twos.push(submit_as(&app, &key).await);
    }
    let poll = Duration::from_millis(20);
    let settings = WorkerSettings { slots: 6, poll, ..WorkerSettings::new(child_command()) };
    app.start_worker_with(settings);
    let (ones, twos) = (jobs_of(&app, &app.caller, &ones).await, jobs_of(&app, &two, &twos).await);
    for (jobs, most) in [(ones, 1), (twos, 2)] {
        let running = |job: &Job| {
            let at = job.started_at;
            jobs.iter().filter(|one| one.started_at <= at && one.finished_at > at).count()
        };
        let peak = jobs.iter().map(running).max().unwrap();
        assert!(peak <= most, "{peak} ran at the same time, {most} may");
    }
    app.stop().await;
}

async fn weights_divide_the_workers(database: Database) {
    let mut app = App::start(database).await;
    let mut accounts = Vec::new();
    for (name, weight, count) in [("a", 1, 12), ("b", 1, 12), ("c", 2, 24)] {
        let (key, caller) = new_account(&app.jobs, name).await;
        let share = AccountShare { weight: Some(weight), ..AccountShare::default() };
        app.jobs.set_share(&UserId(name.to_owned()), share).await.unwrap();
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(submit_as(&app, &key).await);
        }
        accounts.push((caller, ids));
    }
    app.start_worker();
    let mut started = Vec::new();
    for (caller, ids) in &accounts {
        let jobs = jobs_of(&app, caller, ids).await;
        started.extend(jobs.into_iter().map(|job| (job.started_at, job.user_id.0)));
    }
    started.sort_unstable();
    let half: Vec<&str> = started[..24].iter().map(|(_, name)| name.as_str()).collect();
    for (name, wanted) in [("a", 6_usize), ("b", 6), ("c", 12)] {
        let got = half.iter().filter(|owner| **owner == name).count();
        assert!(got.abs_diff(wanted) <= 1, "{name} got {got} of the first 24: {half:?}");
    }
    app.stop().await;
}

async fn positions_tell_the_accounts_turn(database: Database) {
    let app = App::start(database).await;
    let (key, _) = new_account(&app.jobs, "other").await;
    let mut many = Vec::new();
    for _ in 0..10 {
        many.push(app.submit_id(letter()).await);
    }
    let id = submit_as(&app, &key).await;
    let position = async |key: &str, id: &str| {
        let answer = app.get_as(key, &format!("/jobs/{id}")).await;
        answer.headers()["x-queue-position"].to_str().unwrap().to_owned()
    };
    assert_eq!(position(&key, &id).await, "2");
    assert_eq!(position(&app.key, &many[0]).await, "1");
    assert_eq!(position(&app.key, &many[9]).await, "11");
    app.stop().await;
}
