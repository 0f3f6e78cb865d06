//! Progress reports: monotonic, quiet when nothing changed, guarded.

use docket_contract::BlobKey;
use docket_contract::job::{Job, PageCounts, Stage};
use docket_store::{Claim, FetchedDocument, ProgressOutcome, ProgressUpdate, Settlement};

use crate::fixture::{Fixture, MILLISECOND, new_job_by_url, pages, user};

fn update(stage: Stage, pages: PageCounts) -> ProgressUpdate {
    ProgressUpdate { stage, pages, document: None }
}

async fn write(f: &Fixture, claim: &Claim, update: ProgressUpdate) -> Job {
    let outcome = f.store.progress(claim, update).await.unwrap();
    assert_eq!(outcome, ProgressOutcome::Written);
    f.find(claim.job().id).await
}

pub(crate) async fn progress_is_monotonic(f: Fixture) {
    f.insert_some(1).await;
    let claim = f.claim_one().await;
    let counts = PageCounts { failed: 1, ..pages(2, 1) };
    let first = write(&f, &claim, update(Stage::Reading, counts)).await;
    assert_eq!((first.stage, first.pages, first.version), (Some(Stage::Reading), counts, 3));
    assert_eq!(first.updated_at, claim.job().updated_at + MILLISECOND);
    // Each falls back in one respect and advances in another.
    let second = write(&f, &claim, update(Stage::Fetching, pages(2, 2))).await;
    assert_eq!(second.stage, Some(Stage::Reading));
    assert_eq!((second.pages.done, second.pages.failed, second.version), (2, 1, 4));
    let third = write(&f, &claim, update(Stage::Assembling, pages(2, 0))).await;
    assert_eq!((third.stage, third.pages.done), (Some(Stage::Assembling), 2));
    let events = f.store.list_events(claim.job().id).await.unwrap();
    let done: Vec<_> = events.iter().map(|event| (event.version, event.pages_done)).collect();
    assert_eq!(done, [(1, 0), (2, 0), (3, 1), (4, 2), (5, 2)]);
}

pub(crate) async fn progress_without_change_writes_nothing(f: Fixture) {
    f.insert_some(1).await;
    let claim = f.claim_one().await;
    let before = write(&f, &claim, update(Stage::Reading, pages(2, 1))).await;
    f.clock.advance(MILLISECOND);
    for same in [pages(2, 1), pages(9, 0), PageCounts::default()] {
        assert_eq!(write(&f, &claim, update(Stage::Reading, same)).await, before);
        assert_eq!(write(&f, &claim, update(Stage::Fetching, same)).await, before);
    }
    assert_eq!(f.store.list_events(claim.job().id).await.unwrap().len(), 3);
}

pub(crate) async fn progress_keeps_known_totals(f: Fixture) {
    f.insert(new_job_by_url()).await;
    let claim = f.claim_one().await;
    let known = PageCounts { total: Some(9), ..PageCounts::default() };
    let first = write(&f, &claim, update(Stage::Reading, known)).await;
    assert_eq!((first.pages.total, first.pages.selected), (Some(9), None));
    let second = write(&f, &claim, update(Stage::Reading, pages(4, 0))).await;
    assert_eq!((second.pages.total, second.pages.selected), (Some(9), Some(4)));
    assert_eq!(second.version, first.version + 1);
}

pub(crate) async fn progress_fills_in_a_fetched_document(f: Fixture) {
    f.insert(new_job_by_url()).await;
    let claim = f.claim_one().await;
    let document = FetchedDocument {
        sha256: "cd".repeat(32),
        size_bytes: 77,
        media_type: "image/png".to_owned(),
        blob_key: BlobKey::upload(),
    };
    let fetched = ProgressUpdate {
        document: Some(document.clone()),
        ..update(Stage::Fetching, PageCounts::default())
    };
    let job = write(&f, &claim, fetched.clone()).await;
    assert_eq!(job.document.sha256, Some(document.sha256));
    assert_eq!((job.document.size_bytes, job.document.media_type.as_str()), (77, "image/png"));
    assert_eq!(job.document.blob_key, Some(document.blob_key));
    assert_eq!(job.document.source_url, claim.job().document.source_url);
    assert_eq!(write(&f, &claim, fetched).await, job, "the same document changes nothing");
    let later = write(&f, &claim, update(Stage::Reading, pages(1, 1))).await;
    assert_eq!(later.document, job.document);
}

pub(crate) async fn progress_of_a_lost_claim_is_refused(f: Fixture) {
    let id = f.insert_some(1).await[0];
    let lost = f.claim_one().await;
    f.lose_leases().await;
    let refused = |claim| f.store.progress(claim, update(Stage::Assembling, pages(2, 2)));
    assert_eq!(refused(&lost).await.unwrap(), ProgressOutcome::ClaimLost, "queued again");
    f.clock.advance(MILLISECOND * 1000);
    let live = f.claim_one().await;
    let before = f.find(id).await;
    assert_eq!(refused(&lost).await.unwrap(), ProgressOutcome::ClaimLost, "claimed by another");
    assert_eq!(f.find(id).await, before);
    f.settle(live, Settlement::released()).await;
    f.store.cancel_job(&user(), id).await.unwrap();
    assert_eq!(refused(&lost).await.unwrap(), ProgressOutcome::ClaimLost, "ended");
}
