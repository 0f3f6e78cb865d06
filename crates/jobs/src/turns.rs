//! Slots that accounts share: each may hold a few, and free ones go to the waiting accounts in
//! turn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// The slots of one kind of work. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    free: usize,
    account_max: usize,
    running: HashMap<String, usize>,
    /// The waiting callers, in the order of the accounts' next turns.
    waiting: VecDeque<(String, VecDeque<oneshot::Sender<Turn>>)>,
}

/// A slot in use. Dropping it frees the slot.
#[derive(Debug)]
pub(crate) struct Turn {
    account: String,
    /// `None` once the slot was handed on.
    turns: Option<Turns>,
}

impl Turns {
    /// `slots` for all accounts, of which one may hold `account_max`.
    pub(crate) fn new(slots: usize, account_max: usize) -> Self {
        let shared = Shared {
            free: slots.max(1),
            account_max: account_max.max(1),
            running: HashMap::new(),
            waiting: VecDeque::new(),
        };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Waits for a turn, at most for this long.
    pub(crate) async fn take(&self, account: &str, wait_max: Duration) -> Option<Turn> {
        let turn = {
            let mut shared = self.lock();
            if shared.free > 0 && shared.may_run(account) {
                return Some(self.start(&mut shared, account));
            }
            shared.enqueue(account)
        };
        tokio::time::timeout(wait_max, turn).await.ok()?.ok()
    }

    fn start(&self, shared: &mut Shared, account: &str) -> Turn {
        shared.free -= 1;
        *shared.running.entry(account.to_owned()).or_default() += 1;
        Turn { account: account.to_owned(), turns: Some(self.clone()) }
    }

    /// Gives free slots to those that wait.
    fn hand_on(&self, shared: &mut Shared) {
        while shared.free > 0 {
            let Some((account, waiter)) = shared.next() else { return };
            if let Err(mut unwanted) = waiter.send(self.start(shared, &account)) {
                // Its waiter has given up: the slot is free again, without a second lock.
                unwanted.turns = None;
                shared.stop(&account);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn may_run(&self, account: &str) -> bool {
        self.running.get(account).is_none_or(|running| *running < self.account_max)
    }

    fn enqueue(&mut self, account: &str) -> oneshot::Receiver<Turn> {
        let (sender, receiver) = oneshot::channel();
        match self.waiting.iter_mut().find(|(known, _)| known == account) {
            Some((_, queue)) => {
                queue.retain(|waiter| !waiter.is_closed());
                queue.push_back(sender);
            }
            None => self.waiting.push_back((account.to_owned(), VecDeque::from([sender]))),
        }
        receiver
    }

    /// The next waiter of the first account that may run, which then goes to the end.
    fn next(&mut self) -> Option<(String, oneshot::Sender<Turn>)> {
        let at = self.waiting.iter().position(|(account, _)| self.may_run(account))?;
        let (account, mut queue) = self.waiting.remove(at)?;
        let waiter = queue.pop_front();
        if !queue.is_empty() {
            self.waiting.push_back((account.clone(), queue));
        }
        waiter.map(|waiter| (account, waiter))
    }

    fn stop(&mut self, account: &str) {
        self.free += 1;
        if let Some(running) = self.running.get_mut(account) {
            *running -= 1;
            if *running == 0 {
                self.running.remove(account);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.take() {
            let mut shared = turns.lock();
            shared.stop(&self.account);
            turns.hand_on(&mut shared);
            drop(shared);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    const SOON: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn one_account_leaves_slots_for_others() {
        let turns = Turns::new(3, 2);
        let held = [turns.take("a", SOON).await.unwrap(), turns.take("a", SOON).await.unwrap()];
        assert!(turns.take("a", SOON).await.is_none(), "its share is used up");
        assert!(turns.take("b", SOON).await.is_some());
        drop(held);
        assert!(turns.take("a", SOON).await.is_some());
    }

    #[tokio::test]
    async fn free_slots_go_round() {
        let turns = Turns::new(1, 1);
        let held = turns.take("a", SOON).await.unwrap();
        let order: Arc<Mutex<Vec<&str>>> = Arc::default();
        let mut waiting = Vec::new();
        for account in ["a", "a", "a", "b", "c"] {
            let (turns, order) = (turns.clone(), Arc::clone(&order));
            let mut wait = Box::pin(async move {
                let turn = turns.take(account, LONG).await;
                order.lock().unwrap().push(account);
                drop(turn);
            });
            // Its place in the queue is taken before the next one comes.
            let mut context = Context::from_waker(Waker::noop());
            assert!(wait.as_mut().poll(&mut context).is_pending());
            waiting.push(wait);
        }
        drop(held);
        futures_util::future::join_all(waiting).await;
        assert_eq!(*order.lock().unwrap(), ["a", "b", "c", "a", "a"]);
    }

    #[tokio::test]
    async fn who_gave_up_takes_no_slot() {
        let turns = Turns::new(1, 1);
        let held = turns.take("a", SOON).await.unwrap();
        assert!(turns.take("b", SOON).await.is_none());
        drop(held);
        assert!(turns.take("c", SOON).await.is_some());
    }
}
