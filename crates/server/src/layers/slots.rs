//! What one account may hold open in this process, so that it leaves room for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use docket_contract::UserId;

/// The slots of all accounts.
#[derive(Debug)]
pub struct AccountSlots {
    /// Streams of events.
    pub(crate) streams: Slots,
    /// Status reads that wait for a change.
    pub(crate) held_reads: Slots,
    /// Requests that are read or answered.
    pub(crate) requests: Slots,
}

impl AccountSlots {
    /// So many streams, held reads and requests for each account.
    #[must_use]
    pub fn new(streams_max: usize, held_reads_max: usize, requests_max: usize) -> Self {
        let slots = |most| Slots { most, taken: Arc::default() };
        Self {
            streams: slots(streams_max),
            held_reads: slots(held_reads_max),
            requests: slots(requests_max),
        }
    }
}

type Taken = Arc<Mutex<HashMap<UserId, usize>>>;

/// Slots of one kind.
#[derive(Debug)]
pub(crate) struct Slots {
    most: usize,
    taken: Taken,
}

impl Slots {
    /// Takes a slot of the account, if one is free.
    pub(crate) fn take(&self, user: &UserId) -> Option<Slot> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(user).copied().unwrap_or(0);
        if count >= self.most {
            return None;
        }
        taken.insert(user.clone(), count + 1);
        drop(taken);
        Some(Slot { taken: Arc::clone(&self.taken), user: user.clone() })
    }
}

/// A slot, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    taken: Taken,
    user: UserId,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

/// Where the slot of a request is kept until its handler is done.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestSlot(Arc<Mutex<Option<Slot>>>);

impl RequestSlot {
    pub(crate) fn keep(&self, slot: Slot) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_counted_by_account_and_come_back() {
        let slots = AccountSlots::new(2, 0, 1).streams;
        let (a, b) = (UserId("a".to_owned()), UserId("b".to_owned()));
        let held = (slots.take(&a).unwrap(), slots.take(&a).unwrap());
        assert!(slots.take(&a).is_none() && slots.take(&b).is_some());
        drop(held);
        assert!(slots.take(&a).is_some());
        assert!(slots.taken.lock().unwrap().is_empty());
        assert!(AccountSlots::new(2, 0, 1).held_reads.take(&a).is_none());
    }
}
