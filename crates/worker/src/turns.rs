//! Permits that accounts and jobs take in turn: a caller that asks for many waits behind callers that
//! hold fewer, or were served longer ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use docket_contract::{JobId, UserId};
use tokio::sync::oneshot;

/// The caller of a permit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asker {
    pub(crate) account: UserId,
    pub(crate) job: JobId,
}

/// A number of permits. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Turns(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    waiting: Vec<Waiter>,
    accounts: HashMap<UserId, Share>,
    jobs: HashMap<JobId, Share>,
    /// Grows with every permit that is given.
    given: u64,
}

#[derive(Debug)]
struct Waiter {
    asker: Asker,
    answer: oneshot::Sender<Permit>,
}

/// The permits of an account or a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Share {
    held: usize,
    last_given: u64,
}

/// A permit; dropped, it goes to the next.
#[derive(Debug)]
pub(crate) struct Permit {
    turns: Turns,
    asker: Asker,
    passes_on: bool,
}

impl Turns {
    pub(crate) fn new(permits: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: permits.max(1),
            waiting: Vec::new(),
            accounts: HashMap::new(),
            jobs: HashMap::new(),
            given: 0,
        })))
    }

    /// Waits for the asker's turn.
    pub(crate) async fn permit(&self, asker: &Asker) -> Permit {
        loop {
            let (answer, turn) = oneshot::channel();
            self.state().waiting.push(Waiter { asker: asker.clone(), answer });
            self.give_free();
            // A waiter is never thrown away unanswered; should it be, it asks again.
            if let Ok(permit) = turn.await {
                return permit;
            }
        }
    }

    /// Gives free permits to those whose turn it is.
    fn give_free(&self) {
        loop {
            let next = self.state().take_next();
            let Some(next) = next else { return };
            let permit = Permit { turns: self.clone(), asker: next.asker, passes_on: true };
            if let Err(mut unwanted) = next.answer.send(permit) {
                // It is passed on here.
                unwanted.passes_on = false;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the waiter whose turn it is, and a permit for it.
    fn take_next(&mut self) -> Option<Waiter> {
        if self.free == 0 {
            return None;
        }
        let share = |waiter: &Waiter| {
            let account = self.accounts.get(&waiter.asker.account).copied().unwrap_or_default();
            (account, self.jobs.get(&waiter.asker.job).copied().unwrap_or_default())
        };
        // Of equal ones the first, which has waited longest.
        let next = (0..self.waiting.len()).min_by_key(|index| share(&self.waiting[*index]))?;
        let waiter = self.waiting.remove(next);
        self.free -= 1;
        self.given += 1;
        let given = self.given;
        for share in [
            self.accounts.entry(waiter.asker.account.clone()).or_default(),
            self.jobs.entry(waiter.asker.job).or_default(),
        ] {
            *share = Share { held: share.held + 1, last_given: given };
        }
        Some(waiter)
    }

    fn put_back(&mut self, asker: &Asker) {
        self.free += 1;
        let shares = [self.accounts.get_mut(&asker.account), self.jobs.get_mut(&asker.job)];
        for share in shares.into_iter().flatten() {
            share.held = share.held.saturating_sub(1);
        }
        // An account that neither holds nor waits starts again.
        let waiting = &self.waiting;
        self.accounts.retain(|account, share| {
            share.held > 0 || waiting.iter().any(|waiter| waiter.asker.account == *account)
        });
        self.jobs.retain(|job, share| {
            share.held > 0 || waiting.iter().any(|waiter| waiter.asker.job == *job)
        });
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.turns.state().put_back(&self.asker);
        if self.passes_on {
            self.turns.give_free();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(account: &str) -> Asker {
        Asker { account: UserId(account.to_owned()), job: JobId::new() }
    }

    /// Lets these ask, in this order, while the only permit is held; the order in which they get it.
    async fn served(askers: &[(&'static str, &Asker)]) -> Vec<&'static str> {
        let turns = Turns::new(1);
        let held = turns.permit(askers[0].1).await;
        let (sender, mut got) = tokio::sync::mpsc::unbounded_channel();
        for (index, (name, asker)) in askers.iter().enumerate() {
            let (turns, asker, name) = (turns.clone(), (*asker).clone(), *name);
            let (waiting, sender) = (turns.clone(), sender.clone());
            tokio::spawn(async move {
                let permit = turns.permit(&asker).await;
                sender.send(name).unwrap();
                drop(permit);
            });
            while waiting.state().waiting.len() <= index {
                tokio::task::yield_now().await;
            }
        }
        drop((held, sender));
        let mut order = Vec::new();
        while let Some(name) = got.recv().await {
            order.push(name);
        }
        order
    }

    #[tokio::test]
    async fn accounts_take_turns() {
        let (many, one) = (asker("a"), asker("b"));
        let asked = [("a", &many), ("a", &many), ("a", &many), ("b", &one), ("b", &one)];
        assert_eq!(served(&asked).await, ["b", "a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn jobs_of_an_account_take_turns() {
        let (large, small) = (asker("a"), asker("a"));
        let asked = [("large", &large), ("large", &large), ("large", &large), ("small", &small)];
        assert_eq!(served(&asked).await, ["small", "large", "large", "large"]);
    }

    #[tokio::test]
    async fn whoever_waits_no_longer_is_passed_over() {
        let (turns, one) = (Turns::new(1), asker("a"));
        let held = turns.permit(&one).await;
        let gone = tokio::spawn({
            let (turns, other) = (turns.clone(), asker("b"));
            async move { turns.permit(&other).await }
        });
        while turns.state().waiting.is_empty() {
            tokio::task::yield_now().await;
        }
        gone.abort();
        assert!(gone.await.is_err());
        drop(held);
        let _permit = turns.permit(&one).await;
        let state = turns.state();
        assert_eq!((state.free, state.accounts.len()), (0, 1));
        drop(state);
    }
}
