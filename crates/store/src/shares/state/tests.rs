//! Tests of the order in which accounts are served.

use std::collections::HashMap;

use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;

use super::*;
use crate::shares::WaitingJob;

fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

fn waiting(name: &str, weight: i32, running: i64) -> Waiting {
    Waiting { user: user(name), weight, running_max: None, running, claimed_elsewhere: 0 }
}

fn look(shares: &Shares, waiting: Vec<Waiting>) {
    let looking = shares.begin_look(WorkerId::new());
    let at = Timestamp::default();
    shares.end_look(&looking, Look { waiting, next_due: None, at });
}

/// Claims one job at a time, each of which ends at once; how many of them each account got.
fn serve(shares: &Shares, claims: usize) -> HashMap<String, usize> {
    let mut served = HashMap::new();
    for _ in 0..claims {
        let (_, picks) = shares.pick(1);
        let Some(pick) = picks.first() else { break };
        *served.entry(pick.user.0.clone()).or_default() += 1;
        shares.ended(&pick.user);
    }
    served
}

/// Keeps so many slots busy; the job that has run longest ends first.
fn serve_slots(shares: &Shares, slots: usize, claims: usize) -> HashMap<String, usize> {
    let mut served = HashMap::new();
    let mut running = VecDeque::new();
    for _ in 0..claims {
        if running.len() == slots {
            shares.ended(&running.pop_front().unwrap());
        }
        let (_, picks) = shares.pick(1);
        *served.entry(picks[0].user.0.clone()).or_default() += 1;
        running.push_back(picks[0].user.clone());
    }
    served
}

#[test]
fn shares_follow_the_weights() {
    for slots in 1..=9 {
        let shares = Shares::default();
        look(&shares, vec![waiting("a", 1, 0), waiting("b", 1, 0), waiting("c", 2, 0)]);
        let served = serve_slots(&shares, slots, 3000);
        for (name, wanted) in [("a", 750), ("b", 750), ("c", 1500)] {
            let got = served[name];
            assert!(got.abs_diff(wanted) * 20 <= wanted, "{slots} slots: {served:?}");
        }
    }
}

#[test]
fn a_new_account_is_served_next() {
    let shares = Shares::default();
    look(&shares, vec![waiting("a", 1, 0)]);
    serve(&shares, 1000);
    shares.heard(&user("b"), Timestamp::default(), false);
    assert_eq!(serve(&shares, 2), HashMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)]));
}

#[test]
fn every_account_is_served_once_a_round() {
    let shares = Shares::default();
    look(&shares, (0..50).map(|n| waiting(&n.to_string(), 1, 0)).collect());
    for _ in 0..10 {
        let served = serve(&shares, 50);
        assert!(served.len() == 50 && served.values().all(|count| *count == 1), "{served:?}");
    }
}

#[test]
fn idling_earns_nothing() {
    let shares = Shares::default();
    look(&shares, vec![waiting("a", 1, 0), waiting("b", 1, 0)]);
    serve(&shares, 20);
    look(&shares, vec![waiting("a", 1, 0)]);
    serve(&shares, 1000);
    look(&shares, vec![waiting("a", 1, 0), waiting("b", 1, 0)]);
    let served = serve(&shares, 20);
    assert!(served["a"] >= 9, "{served:?}");
}

#[test]
fn slots_are_shared_though_jobs_take_unequally_long() {
    let shares = Shares::default();
    look(&shares, vec![waiting("long", 1, 4)]);
    // All four slots are held; the next that come free go to the other account until both hold two.
    look(&shares, vec![waiting("long", 1, 3), waiting("short", 1, 0)]);
    assert_eq!(shares.pick(1).1[0].user, user("short"));
    shares.ended(&user("long"));
    assert_eq!(shares.pick(1).1[0].user, user("short"));
    // From now on the short ones end again and again, and keep their two slots.
    for _ in 0..1000 {
        shares.ended(&user("short"));
        assert_eq!(shares.pick(1).1[0].user, user("short"));
    }
    // What the other account did not get meanwhile it may catch up within bounds only.
    shares.ended(&user("long"));
    shares.ended(&user("long"));
    shares.ended(&user("short"));
    shares.ended(&user("short"));
    let served = serve(&shares, 20);
    assert!(served["short"] >= 7, "{served:?}");
}

#[test]
fn limits_of_running_jobs_are_kept() {
    let shares = Shares::default();
    let limited = Waiting { running_max: Some(2), ..waiting("a", 9, 1) };
    look(&shares, vec![limited, waiting("b", 1, 0)]);
    shares.limit_running(Some(3));
    let picked: HashMap<_, _> =
        shares.pick(100).1.into_iter().map(|pick| (pick.user.0, pick.wanted)).collect();
    assert_eq!(picked, HashMap::from([("a".to_owned(), 1), ("b".to_owned(), 3)]));
}

#[test]
fn claims_of_other_processes_count() {
    let shares = Shares::default();
    look(&shares, vec![waiting("a", 1, 0), waiting("b", 1, 0)]);
    let elsewhere = Waiting { claimed_elsewhere: 3, ..waiting("a", 1, 0) };
    look(&shares, vec![elsewhere, waiting("b", 1, 0)]);
    assert_eq!(serve(&shares, 3), HashMap::from([("b".to_owned(), 3)]));
}

#[test]
fn what_was_not_there_is_given_back() {
    let shares = Shares::default();
    look(&shares, vec![waiting("a", 1, 0), waiting("b", 1, 0)]);
    let (epoch, picks) = shares.pick(10);
    shares.taken(epoch, &picks, |user| if user.0 == "a" { 5 } else { 0 });
    // "b" has no more, until it gets jobs again.
    assert_eq!(serve(&shares, 1), HashMap::from([("a".to_owned(), 1)]));
    shares.heard(&user("b"), Timestamp::default(), false);
    assert_eq!(serve(&shares, 1), HashMap::from([("b".to_owned(), 1)]));
}

#[test]
fn positions_count_the_jobs_that_come_first() {
    let shares = Shares::default();
    look(&shares, vec![waiting("a", 1, 0)]);
    serve(&shares, 7);
    let job =
        |name: &str, weight, priority, seq| WaitingJob { user: user(name), weight, priority, seq };
    let mut jobs: Vec<WaitingJob> = (0..3000).map(|seq| job("a", 1, 0, seq)).collect();
    jobs.push(job("b", 1, 0, 5000));
    jobs.extend((0..4).map(|seq| job("c", 2, 0, 6000 + seq)));
    let order = shares.expected_order(jobs, 10_000);
    let place = |name: &str, seq| order.position(&user(name), 0, seq).unwrap();
    // "a" was served just now, so the others come first.
    let mut first: Vec<_> = [("b", 5000), ("c", 6000), ("c", 6001), ("a", 0), ("c", 6002)]
        .map(|(name, seq)| place(name, seq))
        .to_vec();
    first.sort_unstable();
    assert_eq!(first, [1, 2, 3, 4, 5]);
    assert!(place("b", 5000) <= 3);
    assert_eq!(place("a", 2999), 3005);
    // Jobs that came after the order was made.
    assert_eq!(place("a", 3000), 3006);
    assert!(place("c", 6004) > place("c", 6003));
    assert_eq!(place("d", 7000), 4);
    assert_eq!(order.position(&user("a"), 5, 7000), Some(place("a", 0)));
    let short = shares.expected_order((0..5).map(|seq| job("a", 1, 0, seq)).collect(), 5);
    assert_eq!(short.position(&user("a"), 0, 4), Some(5));
    assert_eq!(short.position(&user("a"), 0, 9), None);
}
