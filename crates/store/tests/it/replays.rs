//! The protocol's model against the real store: the same steps are taken on both, and after each
//! step the store shows what the model says. Thus what the search proves of the model holds for the
//! code, as far as these walks reach.

use std::collections::HashMap;
use std::time::Duration;

use docket_contract::state::JobState;
use docket_contract::{ClaimToken, JobId, WorkerId};
use docket_store::{
    CancelOutcome, ChargeOutcome, Claim, NewJob, Rerun, RerunOutcome, RetryPolicy, SettleOutcome,
    Settlement,
};

use crate::fixture::{
    DEADLINE, Fixture, LEASE, failure, new_job, rerun_of, retry_policy, success, user, worker_lost,
};
use crate::protocol::{
    Action, CREDITS, End, Fault, Job, LOSSES_MAX, PAIR, Phase, SMALL, Scope, State,
};

/// Steps of all walks together, at least.
const STEPS: usize = 1500;

/// A claim of the store cannot be settled twice, so nothing comes twice here.
const ONE: Scope = Scope { duplicates: false, ..SMALL };
const TWO: Scope = Scope { duplicates: false, reruns_max: 1, ends: SMALL.ends, ..PAIR };

/// The store beside the model.
struct Replay<'f> {
    f: &'f Fixture,
    ids: Vec<JobId>,
    workers: [WorkerId; 2],
    /// What the workers know, by the job and the token in the model.
    claims: HashMap<(usize, u8), Claim>,
    tokens: HashMap<(usize, u8), ClaimToken>,
    /// What the account used before this walk.
    used_before: i64,
}

impl<'f> Replay<'f> {
    async fn new(f: &'f Fixture, scope: &Scope) -> Self {
        let used_before = f.store.balance(&user()).await.unwrap().used;
        let mut ids = Vec::new();
        for _ in 0..scope.jobs {
            ids.push(f.insert(NewJob { credits: CREDITS[0].into(), ..new_job() }).await.id);
        }
        let workers = [WorkerId::new(), WorkerId::new()];
        Self { f, ids, workers, claims: HashMap::new(), tokens: HashMap::new(), used_before }
    }

    async fn take(&mut self, state: &State, action: Action, next: &State) {
        let store = &self.f.store;
        match action {
            Action::Claim { worker } => {
                let worker = self.workers[usize::from(worker)];
                let claim = store.claim(worker, 1, LEASE, DEADLINE).await.unwrap().pop().unwrap();
                let job = state.next_to_claim().unwrap();
                assert_eq!(claim.job().id, self.ids[job], "claims come in the order of creation");
                self.tokens.insert((job, next.jobs[job].token), claim.token());
                self.claims.insert((job, next.jobs[job].token), claim);
            }
            Action::LoseAnswer { job } => {
                self.claims.remove(&(job, state.jobs[job].token)).unwrap();
            }
            Action::Heartbeat { worker } => self.heartbeat(state, worker).await,
            Action::Beat => {
                self.f.clock.advance(LEASE);
                self.heartbeat(state, 0).await;
                self.heartbeat(state, 1).await;
            }
            Action::LeasesRunOut => self.f.clock.advance(LEASE),
            Action::DeadlinesPass => self.f.clock.advance(DEADLINE),
            Action::Sweep => {
                let backoff = vec![Duration::ZERO];
                let worker_losses_max = LOSSES_MAX.into();
                let policy = RetryPolicy { backoff, worker_losses_max, ..retry_policy() };
                store.sweep(&policy).await.unwrap();
            }
            Action::Settle { job, token, end } => {
                let claim = self.claims.remove(&(job, token)).unwrap();
                let outcome = store.settle(claim, settlement(end)).await.unwrap();
                let held = state.jobs[job].is_held_by(token, Fault::None);
                assert_eq!(matches!(outcome, SettleOutcome::Settled(_)), held, "{outcome:?}");
            }
            Action::Charge { job, token } => {
                let claim = &self.claims[&(job, token)];
                let outcome = store.charge(claim, CREDITS[1].into()).await.unwrap();
                let held = state.jobs[job].is_held_by(token, Fault::None);
                assert_eq!(outcome == ChargeOutcome::Charged, held, "{outcome:?}");
            }
            Action::Cancel { job } => {
                let outcome = store.cancel_job(&user(), self.ids[job]).await.unwrap();
                assert!(matches!(outcome, CancelOutcome::Cancelled(_)), "{outcome:?}");
            }
            Action::Rerun { job } => {
                let ended = self.f.find(self.ids[job]).await;
                let rerun = Rerun { credits: CREDITS[0].into(), ..rerun_of(&ended) };
                let outcome = store.rerun_job(&user(), rerun).await.unwrap();
                assert!(matches!(outcome, RerunOutcome::Queued { .. }), "{outcome:?}");
            }
        }
    }

    /// The worker renews what it executes, and is told what it holds.
    async fn heartbeat(&self, state: &State, worker: u8) {
        let executions: Vec<_> = self.claims.values().map(Claim::token).collect();
        let id = self.workers[usize::from(worker)];
        let mut renewed = self.f.store.heartbeat(id, &executions, LEASE).await.unwrap();
        renewed.sort_unstable();
        let held =
            state.jobs.iter().enumerate().filter(|(_, job)| {
                job.held().is_some_and(|held| held.worker == worker && !held.lost)
            });
        let mut expected: Vec<_> = held.map(|(idx, job)| self.tokens[&(idx, job.token)]).collect();
        expected.sort_unstable();
        assert_eq!(renewed, expected);
    }

    /// The store shows what the model says.
    async fn compare(&self, state: &State) {
        let mut leases = Vec::new();
        for (idx, (id, expected)) in self.ids.iter().zip(&state.jobs).enumerate() {
            let job = self.f.find(*id).await;
            assert_eq!(job.state, state_of(expected.phase));
            assert_eq!(job.attempt, i32::from(expected.attempt));
            assert_eq!(job.worker_losses, i32::from(expected.losses));
            assert_eq!(job.started_at.is_some(), expected.started);
            assert_eq!(job.credits, i64::from(expected.credits));
            if let Some(lease) = expected.lease {
                leases.push((id.uuid(), self.tokens[&(idx, lease.token)].uuid()));
            }
        }
        let stored = self.f.leases().await.into_iter();
        let mut stored: Vec<_> = stored.map(|(job, token, _)| (job, token)).collect();
        stored.sort_unstable();
        leases.sort_unstable();
        assert_eq!(stored, leases);
        let charged = |job: &Job| i64::from(job.owed) + i64::from(job.paid);
        let used = self.used_before + state.jobs.iter().map(charged).sum::<i64>();
        assert_eq!(self.f.store.balance(&user()).await.unwrap().used, used);
        assert_eq!(self.f.ledger_sum(&user()).await, used);
    }

    async fn end(self) {
        for id in &self.ids {
            self.f.store.cancel_job(&user(), *id).await.unwrap();
        }
    }
}

fn settlement(end: End) -> Settlement {
    match end {
        End::Succeed => success(),
        End::Fail => Settlement::failed(failure()),
        End::Retry => Settlement::retry(Duration::ZERO),
        End::Release => Settlement::released(),
        End::LoseWorker => {
            Settlement::worker_lost(Duration::ZERO, LOSSES_MAX.into(), worker_lost())
        }
    }
}

fn state_of(phase: Phase) -> JobState {
    match phase {
        Phase::Queued => JobState::Queued,
        Phase::Processing => JobState::Processing,
        Phase::Succeeded => JobState::Succeeded,
        Phase::Failed => JobState::Failed,
        Phase::Cancelled => JobState::Cancelled,
    }
}

/// Walks that take, in every state, the steps that were taken least often from there. A walk ends
/// where there is nothing new.
async fn walk(f: &Fixture, scope: &Scope) {
    let mut taken: HashMap<(State, Action), usize> = HashMap::new();
    let (mut steps, mut walks) = (0, 0);
    while steps < STEPS {
        let mut replay = Replay::new(f, scope).await;
        let mut state = State::first(scope);
        loop {
            let actions = state.actions(scope);
            let times = |action: &Action| taken.get(&(state.clone(), *action)).copied();
            let ended = state.jobs.iter().all(|job| job.phase.is_terminal());
            if ended && actions.iter().all(|action| times(action).is_some()) {
                break;
            }
            // Turned by the number of the walk, so that equals do not go the same way.
            let turned = (0..actions.len()).map(|idx| actions[(idx + walks) % actions.len()]);
            let action = turned.min_by_key(times).unwrap();
            *taken.entry((state.clone(), action)).or_default() += 1;
            let next = state.after(action, scope.fault);
            replay.take(&state, action, &next).await;
            replay.compare(&next).await;
            state = next;
            steps += 1;
        }
        replay.end().await;
        walks += 1;
    }
    assert!(taken.len() > STEPS / 3, "{} different steps only", taken.len());
}

pub(crate) async fn walks_of_one_job_agree_with_the_protocol(f: Fixture) {
    walk(&f, &ONE).await;
}

pub(crate) async fn walks_of_two_jobs_agree_with_the_protocol(f: Fixture) {
    walk(&f, &TWO).await;
}
