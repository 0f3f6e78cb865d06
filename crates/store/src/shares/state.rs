//! The shares of one process: who waits, who runs, and whose turn it is.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use docket_contract::timestamp::Timestamp;
use docket_contract::{UserId, WorkerId};

use crate::clock::Clock;

/// What one claim adds to the pass of an account of weight 1.
pub(super) const STRIDE: u64 = 1 << 20;

/// Jobs per unit of weight that an account may catch up, at most, after others were preferred for
/// running less.
const CATCH_UP_JOBS: u64 = 4;

/// A look costs at most this part of the time between two looks.
const LOOK_SHARE: u32 = 20;
const LOOK_PERIOD_MIN: Duration = Duration::from_millis(5);
const LOOK_PERIOD_MAX: Duration = Duration::from_millis(250);

/// Workers of this process that are remembered; a process has one.
const WORKERS_MAX: usize = 64;

/// Accounts that are remembered; those without waiting jobs are forgotten first.
const ACCOUNTS_MAX: usize = 10_000;

/// The shares of one process.
#[derive(Debug, Default)]
pub(crate) struct Shares(Mutex<State>);

/// Jobs to take from one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) user: UserId,
    pub(crate) wanted: usize,
}

/// An account with ready jobs, as the database has it.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) user: UserId,
    pub(crate) weight: i32,
    pub(crate) running_max: Option<i32>,
    /// Its running jobs, on all nodes.
    pub(crate) running: i64,
    /// Of those, the ones that other processes claimed since the last look.
    pub(crate) claimed_elsewhere: i64,
}

/// What a look at the database found.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) waiting: Vec<Waiting>,
    /// When the next delayed job is due.
    pub(crate) next_due: Option<Timestamp>,
    /// The database's instant.
    pub(crate) at: Timestamp,
}

/// A look under way.
#[derive(Debug)]
pub(crate) struct Looking {
    epoch: u64,
    begun: Instant,
    /// The instant of the former look.
    pub(crate) since: Option<Timestamp>,
    /// Workers of this process.
    pub(crate) workers: Vec<WorkerId>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) accounts: HashMap<UserId, Account>,
    /// The pass of the account that was served last.
    pub(super) virtual_time: u64,
    /// Grows with every read and plan, and so separates new facts from known ones.
    epoch: u64,
    arrivals: u64,
    looked: Option<Looked>,
    next_due: Option<Timestamp>,
    running_max: Option<i32>,
    workers: VecDeque<WorkerId>,
}

#[derive(Clone, Copy, Debug)]
struct Looked {
    begun: Instant,
    took: Duration,
    at: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct Account {
    weight: u64,
    running_max: Option<u64>,
    running: u64,
    /// Its virtual time: what it was given, relative to its weight.
    pub(super) pass: u64,
    pub(super) waiting: bool,
    /// Since when it waits; decides between equal passes.
    pub(super) arrival: u64,
    /// The epoch in which it was last known to have ready jobs.
    heard: u64,
}

impl Shares {
    /// Accounts without a limit of their own run at most so many jobs from now on.
    pub(crate) fn limit_running(&self, running_max: Option<i32>) {
        let mut state = self.state();
        state.running_max = running_max;
        state.looked = None;
    }

    /// The limit of accounts without one of their own.
    pub(crate) fn running_max(&self) -> Option<i32> {
        self.state().running_max
    }

    /// Hears that this process committed a job of the account that may be ready at `run_at`.
    pub(crate) fn heard(&self, user: &UserId, run_at: Timestamp, delayed: bool) {
        let mut state = self.state();
        // A process that claims nothing need not remember.
        if state.looked.is_none() {
            return;
        }
        if delayed {
            state.next_due = Some(state.next_due.map_or(run_at, |due| due.min(run_at)));
        } else {
            state.begin_to_wait(user);
        }
    }

    /// Hears that an execution of this process has ended.
    pub(crate) fn ended(&self, user: &UserId) {
        if let Some(account) = self.state().accounts.get_mut(user) {
            account.running = account.running.saturating_sub(1);
        }
    }

    /// Hears that jobs of unknown accounts may be ready.
    pub(crate) fn look_again(&self) {
        self.state().looked = None;
    }

    /// Whether what is known is too old to claim by.
    pub(crate) fn must_look(&self, clock: &Clock) -> bool {
        let state = self.state();
        let Some(looked) = state.looked else { return true };
        let age = looked.begun.elapsed();
        let period = (looked.took * LOOK_SHARE).clamp(LOOK_PERIOD_MIN, LOOK_PERIOD_MAX);
        let now = clock.fixed().unwrap_or(looked.at + age);
        age > period || state.next_due.is_some_and(|due| due <= now)
    }

    /// Begins a look, for a claim of this worker.
    pub(crate) fn begin_look(&self, worker: WorkerId) -> Looking {
        let mut state = self.state();
        if !state.workers.contains(&worker) {
            state.workers.truncate(WORKERS_MAX - 1);
            state.workers.push_front(worker);
        }
        state.epoch += 1;
        // Others need not look as well meanwhile.
        if let Some(looked) = &mut state.looked {
            looked.begun = Instant::now();
        }
        Looking {
            epoch: state.epoch,
            begun: Instant::now(),
            since: state.looked.map(|looked| looked.at),
            workers: state.workers.iter().copied().collect(),
        }
    }

    /// Takes in what a look found.
    pub(crate) fn end_look(&self, looking: &Looking, look: Look) {
        let mut state = self.state();
        let took = looking.begun.elapsed();
        state.looked = Some(Looked { begun: Instant::now(), took, at: look.at });
        state.next_due = look.next_due;
        let mut found = std::collections::HashSet::with_capacity(look.waiting.len());
        for waiting in look.waiting {
            state.take_in(&waiting, looking.epoch);
            found.insert(waiting.user);
        }
        for (user, account) in &mut state.accounts {
            if account.waiting && account.heard < looking.epoch && !found.contains(user) {
                account.waiting = false;
            }
        }
        if state.accounts.len() > ACCOUNTS_MAX {
            let virtual_time = state.virtual_time;
            state.accounts.retain(|_, account| account.waiting || account.pass > virtual_time);
        }
    }

    /// At most `limit` jobs to take, in the order of the accounts' turns. They count as given until
    /// [`Shares::taken`] says otherwise.
    pub(crate) fn pick(&self, limit: usize) -> (u64, Vec<Pick>) {
        let mut state = self.state();
        state.epoch += 1;
        let epoch = state.epoch;
        let (default_max, mut virtual_time) = (state.running_max, state.virtual_time);
        let mut candidates: Vec<(&UserId, &mut Account)> =
            state.accounts.iter_mut().filter(|(_, account)| account.waiting).collect();
        let mut picks: Vec<Pick> = Vec::new();
        for _ in 0..limit {
            let Some(next) = next_account(&candidates, virtual_time, default_max) else { break };
            let (user, account) = &mut candidates[next];
            account.pass = account.pass.max(account.floor(virtual_time));
            virtual_time = virtual_time.max(account.pass);
            account.pass += STRIDE / account.weight;
            account.running += 1;
            match picks.iter_mut().find(|pick| pick.user == **user) {
                Some(pick) => pick.wanted += 1,
                None => picks.push(Pick { user: (*user).clone(), wanted: 1 }),
            }
        }
        state.virtual_time = virtual_time;
        drop(state);
        (epoch, picks)
    }

    /// What became of the picks: `taken` jobs of each. An account that had fewer has no more.
    pub(crate) fn taken(&self, epoch: u64, picks: &[Pick], taken: impl Fn(&UserId) -> usize) {
        let missing = |pick: &Pick| pick.wanted.saturating_sub(taken(&pick.user)) as u64;
        let missing: Vec<u64> = picks.iter().map(missing).collect();
        self.state().give_back(epoch, picks, &missing);
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// An account that was idle begins at the present virtual time: what it did not use is gone.
    fn begin_to_wait(&mut self, user: &UserId) -> &mut Account {
        let (virtual_time, epoch, arrival) = (self.virtual_time, self.epoch, self.arrivals);
        let account = match self.accounts.entry(user.clone()) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(Account::default()),
        };
        account.heard = epoch;
        if !account.waiting {
            account.waiting = true;
            account.pass = account.pass.max(virtual_time);
            account.arrival = arrival;
            self.arrivals += 1;
        }
        account
    }

    fn give_back(&mut self, epoch: u64, picks: &[Pick], missing: &[u64]) {
        for (pick, missing) in picks.iter().zip(missing) {
            let Some(account) = self.accounts.get_mut(&pick.user) else { continue };
            if *missing > 0 {
                account.running = account.running.saturating_sub(*missing);
                account.pass = account.pass.saturating_sub(missing * (STRIDE / account.weight));
                account.waiting &= account.heard >= epoch;
            }
        }
    }

    fn take_in(&mut self, waiting: &Waiting, epoch: u64) {
        let account = self.begin_to_wait(&waiting.user);
        account.heard = account.heard.max(epoch);
        account.weight = u64::try_from(waiting.weight).unwrap_or(1).clamp(1, STRIDE);
        account.running_max = waiting.running_max.map(|most| u64::try_from(most).unwrap_or(0));
        account.running = u64::try_from(waiting.running).unwrap_or(0);
        let elsewhere = u64::try_from(waiting.claimed_elsewhere).unwrap_or(0);
        account.pass += elsewhere * (STRIDE / account.weight);
    }
}

impl Default for Account {
    fn default() -> Self {
        Self {
            weight: 1,
            running_max: None,
            running: 0,
            pass: 0,
            waiting: false,
            arrival: 0,
            heard: 0,
        }
    }
}

impl Account {
    /// The lowest pass that it may have.
    pub(super) fn floor(&self, virtual_time: u64) -> u64 {
        virtual_time.saturating_sub(CATCH_UP_JOBS * STRIDE / self.weight)
    }

    fn may_run_more(&self, default_max: Option<i32>) -> bool {
        let default_max = default_max.map(|most| u64::try_from(most).unwrap_or(0));
        self.running_max.or(default_max).is_none_or(|most| self.running < most)
    }

    /// Running jobs relative to the weight, as a fraction.
    fn load(&self, more: u64) -> Load {
        Load { running: self.running + more, weight: self.weight }
    }
}

/// A number of running jobs per weight.
#[derive(Clone, Copy)]
struct Load {
    running: u64,
    weight: u64,
}

impl Load {
    fn is_below(self, other: Self) -> bool {
        self.running * other.weight < other.running * self.weight
    }
}

/// The account whose turn it is: the one with the lowest pass among those that do not hold so many
/// slots already that another one, given this slot, would hold no more than they.
fn next_account(
    candidates: &[(&UserId, &mut Account)],
    virtual_time: u64,
    default_max: Option<i32>,
) -> Option<usize> {
    let eligible =
        || candidates.iter().enumerate().filter(|(_, (_, one))| one.may_run_more(default_max));
    let least = eligible()
        .map(|(_, (_, one))| one.load(1))
        .reduce(|least, load| if load.is_below(least) { load } else { least })?;
    eligible()
        .filter(|(_, (_, one))| one.load(0).is_below(least))
        .min_by_key(|(_, (_, one))| (one.pass.max(one.floor(virtual_time)), one.arrival))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests;
