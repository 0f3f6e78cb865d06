//! Numbers over everything.

use docket_contract::webhook::SigningSecret;
use docket_store::{EndpointChange, NewEndpoint, Overview};

use crate::fixture::{Fixture, MILLISECOND, new_awaiting_job, success, user};

pub(crate) async fn unfinished_jobs_and_deliveries_are_counted(f: Fixture) {
    assert_eq!(f.store.overview().await.unwrap(), Overview::default());
    let endpoint = NewEndpoint {
        user_id: user(),
        url: "https://example.org/".to_owned(),
        description: String::new(),
        events: Vec::new(),
        secret: SigningSecret([1; 32]),
    };
    let endpoint = f.store.insert_endpoint(endpoint, 9).await.unwrap().unwrap();
    f.insert_some(3).await;
    f.settle(f.claim_one().await, success()).await;
    let _running = f.claim_one().await;
    f.clock.advance(MILLISECOND * 1500);
    f.insert_some(1).await;
    f.insert(new_awaiting_job()).await;
    f.store.claim_deliveries(crate::webhooks::limits(9, 9)).await.unwrap();

    let mut seen = f.store.overview().await.unwrap();
    seen.unfinished.sort();
    let row = |state: &str, count| ("parsing".to_owned(), state.to_owned(), count);
    let unfinished = vec![row("awaiting_upload", 1), row("processing", 1), row("queued", 2)];
    let want = Overview {
        unfinished,
        oldest_ready: Some(MILLISECOND * 1500),
        deliveries_pending: 1,
        deliveries_held: 0,
    };
    assert_eq!(seen, want);
    let off = EndpointChange { enabled: Some(false), ..EndpointChange::default() };
    f.store.change_endpoint(&user(), endpoint.id, off).await.unwrap();
    let seen = f.store.overview().await.unwrap();
    assert_eq!((seen.deliveries_pending, seen.deliveries_held), (0, 1));
}
