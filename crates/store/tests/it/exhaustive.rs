//! Every state of the protocol's model that can be reached, in breadth-first order: what must hold
//! holds in all of them, and faults that are put into the model are found.

use std::collections::HashMap;

use crate::protocol::{Action, Fault, PAIR, SMALL, Scope, State};

/// What a search found.
struct Found {
    states: usize,
    /// The shortest way to something wrong, and what it is.
    wrong: Option<(Vec<Action>, &'static str)>,
}

/// A reached state: by which step from which other.
struct Reached {
    state: State,
    from: Option<(usize, Action)>,
}

fn explore(scope: &Scope) -> Found {
    let first = State::first(scope);
    let mut known = HashMap::from([(first.clone(), 0)]);
    let mut reached = vec![Reached { state: first, from: None }];
    let mut steps = Vec::new();
    let mut at = 0;
    while at < reached.len() {
        let state = reached[at].state.clone();
        for action in state.actions(scope) {
            let next = state.after(action, scope.fault);
            if let Some(wrong) = wrong(&state, action, &next) {
                let mut way = way_to(&reached, at);
                way.push(action);
                return Found { states: reached.len(), wrong: Some((way, wrong)) };
            }
            let idx = *known.entry(next).or_insert_with_key(|next| {
                reached.push(Reached { state: next.clone(), from: Some((at, action)) });
                reached.len() - 1
            });
            steps.push((at, action, idx));
        }
        at += 1;
    }
    let stuck = GOALS.iter().find_map(|goal| Some((stuck(&reached, &steps, goal)?, goal.name)));
    let wrong = stuck.map(|(idx, name)| (way_to(&reached, idx), name));
    Found { states: reached.len(), wrong }
}

fn wrong(state: &State, action: Action, next: &State) -> Option<&'static str> {
    let jobs = state.jobs.iter().zip(&next.jobs).enumerate();
    jobs.filter(|(_, (job, next))| job != next)
        .find_map(|(idx, (job, next))| job.wrong_step(action, next, idx).or_else(|| next.wrong()))
}

/// What can be reached from every state, by steps that do not depend on what a worker or an owner
/// sends.
struct Goal {
    name: &'static str,
    steps: fn(Action) -> bool,
    is_reached: fn(&State) -> bool,
}

const GOALS: [Goal; 2] = [
    Goal {
        name: "every job can end without its workers",
        steps: |action| {
            matches!(
                action,
                Action::Claim { .. } | Action::LeasesRunOut | Action::DeadlinesPass | Action::Sweep
            )
        },
        is_reached: |state| state.jobs.iter().all(|job| job.phase.is_terminal()),
    },
    Goal {
        name: "a job that nobody executes goes back while its worker lives",
        steps: |action| matches!(action, Action::Beat | Action::Sweep),
        is_reached: |state| state.jobs.iter().all(|job| job.held().is_none_or(|held| !held.lost)),
    },
];

fn way_to(reached: &[Reached], mut idx: usize) -> Vec<Action> {
    let mut way = Vec::new();
    while let Some((from, action)) = reached[idx].from {
        way.push(action);
        idx = from;
    }
    way.reverse();
    way
}

/// A state from which the goal cannot be reached.
fn stuck(reached: &[Reached], steps: &[(usize, Action, usize)], goal: &Goal) -> Option<usize> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); reached.len()];
    for (from, _, to) in steps.iter().filter(|(_, action, _)| (goal.steps)(*action)) {
        before[*to].push(*from);
    }
    let mut leads: Vec<bool> = reached.iter().map(|one| (goal.is_reached)(&one.state)).collect();
    let mut open: Vec<usize> = (0..leads.len()).filter(|idx| leads[*idx]).collect();
    while let Some(idx) = open.pop() {
        for &earlier in &before[idx] {
            if !leads[earlier] {
                leads[earlier] = true;
                open.push(earlier);
            }
        }
    }
    leads.iter().position(|leads| !leads)
}

fn assert_right(scope: &Scope, states_min: usize) {
    let found = explore(scope);
    assert!(found.wrong.is_none(), "{:#?}", found.wrong);
    assert!(found.states >= states_min, "{} states only", found.states);
}

#[test]
fn one_job_is_right_in_every_state() {
    assert_right(&SMALL, 10_000);
}

#[test]
fn two_jobs_are_right_in_every_state() {
    assert_right(&PAIR, 10_000);
}

fn assert_found(fault: Fault, property: &str) {
    let found = explore(&Scope { fault, ..SMALL });
    let (way, wrong) = found.wrong.expect("the fault is found");
    assert_eq!(wrong, property, "{way:#?}");
}

#[test]
fn a_missing_check_of_the_token_is_found() {
    assert_found(Fault::NoTokenCheck, "only the holder settles");
}

#[test]
fn a_lease_that_stays_is_found() {
    assert_found(Fault::LeaseStays, "there is a lease exactly while the job is processing");
}

#[test]
fn a_late_charge_that_stays_is_found() {
    assert_found(
        Fault::LateChargeStays,
        "credits are charged once, and given back exactly without a result",
    );
}

#[test]
fn a_sweep_of_ended_jobs_is_found() {
    assert_found(Fault::SweepOfEnded, "an ended job does not change, but by its owner's rerun");
}

#[test]
fn a_renewal_of_what_nobody_executes_is_found() {
    assert_found(
        Fault::RenewsWhatIsLost,
        "a job that nobody executes goes back while its worker lives",
    );
}

#[test]
fn a_queue_without_sweeps_is_found() {
    assert_found(Fault::NoSweep, "every job can end without its workers");
}
