//! Charges, refunds, cycles and the submit limit.

use std::time::Duration;

use docket_contract::state::JobState;
use docket_store::{Balance, Inserted, NewJob, Settlement};

use crate::fixture::{Fixture, MILLISECOND, failure, new_job, user};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn costing(credits: i64) -> NewJob {
    NewJob { credits, ..new_job() }
}

async fn balance(f: &Fixture) -> Balance {
    f.store.balance(&user()).await.unwrap()
}

async fn wait_s(f: &Fixture) -> Option<u64> {
    match f.store.insert_job(new_job()).await.unwrap() {
        Inserted::Job { .. } => None,
        Inserted::RateLimited { retry_after_s } => Some(retry_after_s),
        refused => panic!("{refused:?}"),
    }
}

pub(crate) async fn submits_are_charged(f: Fixture) {
    let start = f.now();
    f.insert(costing(2)).await;
    let inserted = f.store.insert_job(costing(3)).await.unwrap();
    let expected = Balance { used: 5, limit: 1_000_000, cycle_started_at: start };
    assert!(matches!(inserted, Inserted::Job { balance, .. } if balance == expected));
    assert_eq!(balance(&f).await, expected);
    assert_eq!(f.ledger_sum(&user()).await, 5);
    let unknown = f.store.balance(&docket_contract::UserId("stranger".to_owned())).await;
    assert!(matches!(unknown, Err(docket_store::Error::NotFound("account"))));
}

pub(crate) async fn too_small_a_balance_writes_nothing(f: Fixture) {
    f.limit(Some(5), None).await;
    f.insert(costing(3)).await;
    let before = balance(&f).await;
    let wish = costing(3);
    let id = wish.id;
    assert_eq!(f.store.insert_job(wish).await.unwrap(), Inserted::QuotaExceeded(before));
    assert_eq!(f.store.find_job(id).await.unwrap(), None);
    assert_eq!(f.number("select count(*) from {usage}").await, 1);
    f.insert(costing(2)).await;
    assert_eq!(balance(&f).await.remaining(), 0);
}

pub(crate) async fn a_lowered_limit_leaves_free_jobs_possible(f: Fixture) {
    f.insert(costing(9)).await;
    f.limit(Some(5), None).await;
    assert_eq!((balance(&f).await.used, balance(&f).await.remaining()), (9, 0));
    f.insert(costing(0)).await;
    let refused = f.store.insert_job(costing(1)).await.unwrap();
    assert!(matches!(refused, Inserted::QuotaExceeded(_)));
}

pub(crate) async fn cycles_roll_forward(f: Fixture) {
    let start = f.now();
    f.limit(Some(5), None).await;
    f.insert(costing(5)).await;
    f.clock.advance(30 * DAY - MILLISECOND);
    assert_eq!((balance(&f).await.used, balance(&f).await.cycle_started_at), (5, start));
    f.clock.advance(MILLISECOND);
    let rolled = balance(&f).await;
    assert_eq!((rolled.used, rolled.cycle_started_at), (0, start + 30 * DAY));
    f.clock.advance(45 * DAY);
    let refused = f.store.insert_job(costing(6)).await.unwrap();
    let rolled = Balance { used: 0, limit: 5, cycle_started_at: start + 60 * DAY };
    assert_eq!(refused, Inserted::QuotaExceeded(rolled));
    f.insert(costing(4)).await;
    assert_eq!(balance(&f).await, Balance { used: 4, ..rolled });
    assert_eq!(f.ledger_sum(&user()).await, 4);
}

pub(crate) async fn refunds_of_a_former_cycle_leave_this_one_alone(f: Fixture) {
    f.insert(costing(7)).await;
    let old = f.claim_one().await;
    f.clock.advance(31 * DAY);
    f.insert(costing(3)).await;
    let job = f.settle(old, Settlement::failed(failure())).await;
    assert_eq!((job.state, job.credits), (JobState::Failed, 0));
    assert_eq!(balance(&f).await.used, 3);
    assert_eq!(f.ledger_sum(&user()).await, 3);
    assert_eq!(f.number("select cast(sum(credits) as bigint) from {usage}").await, 3);
}

pub(crate) async fn a_refund_happens_once(f: Fixture) {
    f.insert_some(3).await;
    let mut claims = f.claim(2).await;
    let (first, second) = (claims.remove(0), claims.remove(0));
    let id = first.job().id;
    f.store.cancel_job(&user(), id).await.unwrap();
    f.store.cancel_job(&user(), id).await.unwrap();
    f.store.settle(first, Settlement::failed(failure())).await.unwrap();
    f.settle(second, Settlement::failed(failure())).await;
    assert_eq!(balance(&f).await.used, 2);
    assert_eq!(f.number("select count(*) from {usage} where kind = 'refund'").await, 2);
}

pub(crate) async fn submits_are_limited_by_a_sliding_window(f: Fixture) {
    f.limit(None, Some(2)).await;
    assert_eq!(wait_s(&f).await, None);
    f.clock.advance(Duration::from_secs(20));
    assert_eq!(wait_s(&f).await, None);
    assert_eq!(wait_s(&f).await, Some(40));
    f.clock.advance(Duration::from_millis(39_001));
    assert_eq!(wait_s(&f).await, Some(1));
    f.clock.advance(Duration::from_millis(999));
    assert_eq!(wait_s(&f).await, None, "the first left the window");
    assert_eq!(wait_s(&f).await, Some(20));
    // With a lower limit, two have to leave before there is room.
    f.limit(None, Some(1)).await;
    assert_eq!(wait_s(&f).await, Some(60));
    f.limit(None, Some(0)).await;
    f.clock.advance(Duration::from_secs(60));
    assert_eq!(wait_s(&f).await, Some(60));
    assert_eq!(f.number("select count(*) from {jobs}").await, 3);
}

pub(crate) async fn deleted_jobs_keep_their_place_in_the_window(f: Fixture) {
    f.limit(None, Some(1)).await;
    let id = f.insert(costing(0)).await.id;
    f.store.cancel_job(&user(), id).await.unwrap();
    f.store.delete_job(&user(), id).await.unwrap();
    assert_eq!(wait_s(&f).await, Some(60));
}
