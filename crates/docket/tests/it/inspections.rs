//! Counting pages at submit: accounts take turns, and what takes too long is counted by the worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use docket_jobs::{BlobReader, Inspection, Inspector, Look, Policy};
use reqwest::multipart::Form;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::app::{App, Database, LIMIT, file_part, letter, new_account, pages, until};
use crate::on_both_databases;

on_both_databases!(
    slow_documents_of_one_account_hold_no_other_up,
    what_takes_too_long_to_count_is_counted_by_the_worker,
);

/// Pictures are held until the gate opens; everything else passes.
struct Gate {
    held_type: &'static str,
    inside: AtomicUsize,
    open: Semaphore,
}

impl Gate {
    fn holding(held_type: &'static str) -> Arc<Self> {
        Arc::new(Self { held_type, inside: AtomicUsize::new(0), open: Semaphore::new(0) })
    }
}

#[async_trait]
impl Inspector for Gate {
    async fn inspect(&self, _document: BlobReader, look: Look<'_>) -> Inspection {
        if look.media_type == self.held_type {
            self.inside.fetch_add(1, Ordering::SeqCst);
            let _ = self.open.acquire().await;
        }
        Inspection { page_count: Some(1), ..Inspection::default() }
    }
}

async fn slow_documents_of_one_account_hold_no_other_up(database: Database) {
    let gate = Gate::holding("image/png");
    let policy = Policy { inspection_wait: LIMIT, inspection_time: LIMIT, ..Policy::default() };
    let share = policy.account_inspections_max;
    let app = App::start_inspecting(database, policy, Arc::clone(&gate) as _).await;
    let (other_key, _) = new_account(&app.jobs, "other").await;
    let post = |key: &str, body: Vec<u8>| {
        let form = Form::new().part("file", file_part(body, "a"));
        let request = app.http.post(format!("{}/parse", app.base)).header("api-key", key);
        request.multipart(form).send()
    };
    let mut slow = JoinSet::new();
    for _ in 0..16 {
        slow.spawn(post(&app.key, b"\x89PNG\r\n\x1a\n".to_vec()));
    }
    until(async || gate.inside.load(Ordering::SeqCst) == share).await;
    let quick = tokio::time::timeout(Duration::from_secs(30), post(&other_key, letter())).await;
    let quick = quick.expect("it waits for no other account").unwrap();
    assert_eq!(quick.status(), 200);
    assert_eq!(gate.inside.load(Ordering::SeqCst), share, "the others are still held");
    assert!(slow.try_join_next().is_none());
    gate.open.add_permits(16);
    while let Some(answer) = slow.join_next().await {
        assert_eq!(answer.unwrap().unwrap().status(), 200);
    }
    app.stop().await;
}

async fn what_takes_too_long_to_count_is_counted_by_the_worker(database: Database) {
    let gate = Gate::holding("application/pdf");
    let policy = Policy { inspection_time: Duration::from_millis(1), ..Policy::default() };
    let mut app = App::start_inspecting(database, policy, gate).await;
    let id = app.submit_id(pages(2)).await;
    let before = app.get_json(&format!("/parse/{id}")).await;
    assert_eq!(before["credit_used"], 0, "{before}");
    app.start_worker();
    app.wait(&id).await;
    let after = app.get_json(&format!("/parse/{id}")).await;
    assert_eq!((&after["page_count"], &after["credit_used"]), (&2.into(), &2.into()), "{after}");
    app.stop().await;
}
