//! Live keys in memory, for less than a second: a revoked key dies within it on every node, at once
//! on the node that revoked it. Unknown keys are not remembered, so that a new one works at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use docket_store::KeyHolder;
use quick_cache::sync::Cache;
use uuid::Uuid;

use crate::Caller;

/// How long a key is trusted after it was looked up.
const TRUSTED_FOR: Duration = Duration::from_millis(900);

/// After this, one request looks it up again while others continue.
const LOOKED_UP_AFTER: Duration = Duration::from_millis(400);

/// Keys in memory, at most.
const KEYS_MAX: usize = 100_000;

type Hash = [u8; 32];

pub(crate) struct KeyCache {
    entries: Cache<Hash, Arc<Entry>>,
    /// Revocations so far: a look-up that began before one is not remembered.
    revocations: Mutex<u64>,
}

struct Entry {
    caller: Caller,
    key_id: Uuid,
    looked_up: Instant,
    /// Somebody looks it up again.
    looking: AtomicBool,
}

/// What memory says of a key.
pub(crate) enum Known {
    /// It is live.
    Live(Caller),
    /// It is live; the caller that gets this answer looks it up again, beside the request.
    LookAgain(Caller),
    /// Memory does not say.
    Unknown,
}

/// A look-up under way.
pub(crate) struct LookUp {
    revocations: u64,
    begun: Instant,
}

impl KeyCache {
    pub(crate) fn new() -> Self {
        Self { entries: Cache::new(KEYS_MAX), revocations: Mutex::default() }
    }

    pub(crate) fn get(&self, hash: &Hash) -> Known {
        let Some(entry) = self.entries.get(hash) else { return Known::Unknown };
        let age = entry.looked_up.elapsed();
        if age >= TRUSTED_FOR {
            return Known::Unknown;
        }
        let caller = entry.caller.clone();
        if age >= LOOKED_UP_AFTER && !entry.looking.swap(true, Ordering::Relaxed) {
            return Known::LookAgain(caller);
        }
        Known::Live(caller)
    }

    pub(crate) fn begin(&self) -> LookUp {
        LookUp { revocations: *self.lock(), begun: Instant::now() }
    }

    /// Remembers what a look-up found.
    pub(crate) fn learn(&self, look_up: &LookUp, hash: &Hash, holder: Option<&KeyHolder>) {
        let revocations = self.lock();
        let Some(holder) = holder else {
            self.entries.remove(hash);
            return;
        };
        if *revocations == look_up.revocations {
            let entry = Entry {
                caller: Caller { user_id: holder.user_id.clone() },
                key_id: holder.key_id,
                looked_up: look_up.begun,
                looking: AtomicBool::new(false),
            };
            self.entries.insert(*hash, Arc::new(entry));
        }
        drop(revocations);
    }

    /// Forgets a revoked key.
    pub(crate) fn revoked(&self, key_id: Uuid) {
        let mut revocations = self.lock();
        *revocations += 1;
        self.entries.retain(|_, entry| entry.key_id != key_id);
        drop(revocations);
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.revocations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use docket_contract::UserId;

    use super::*;

    const HASH: Hash = [7; 32];

    fn holder() -> KeyHolder {
        KeyHolder { key_id: Uuid::nil(), user_id: UserId("owner".to_owned()) }
    }

    #[test]
    fn a_revoked_key_is_unknown_at_once_also_to_a_look_up_under_way() {
        let keys = KeyCache::new();
        keys.learn(&keys.begin(), &HASH, Some(&holder()));
        assert!(matches!(keys.get(&HASH), Known::Live(_)));
        let slow = keys.begin();
        keys.revoked(Uuid::nil());
        assert!(matches!(keys.get(&HASH), Known::Unknown));
        keys.learn(&slow, &HASH, Some(&holder()));
        assert!(matches!(keys.get(&HASH), Known::Unknown));
    }

    #[test]
    fn trust_ends_with_the_look_up_that_gave_it() {
        let keys = KeyCache::new();
        let look_up = |ago: Duration| LookUp {
            revocations: 0,
            begun: Instant::now().checked_sub(ago).unwrap_or_else(Instant::now),
        };
        keys.learn(&look_up(LOOKED_UP_AFTER), &HASH, Some(&holder()));
        assert!(matches!(keys.get(&HASH), Known::LookAgain(_)), "one looks again");
        assert!(matches!(keys.get(&HASH), Known::Live(_)), "the others continue");
        keys.learn(&look_up(TRUSTED_FOR), &HASH, Some(&holder()));
        assert!(matches!(keys.get(&HASH), Known::Unknown));
        keys.learn(&keys.begin(), &HASH, None);
        assert!(matches!(keys.get(&HASH), Known::Unknown));
    }
}
