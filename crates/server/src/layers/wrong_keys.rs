//! Slows down those who guess keys: the answers to wrong keys of one address come one after the
//! other. A right key is never looked at here, so nobody is locked out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::serve::Address;

/// Wrong keys of an address that are answered at once, after it has been quiet for a while: a
/// program with an old key in its settings is not an attack.
const AT_ONCE: u32 = 20;

/// The time from one answer to the next.
const SPACING: Duration = Duration::from_millis(250);

/// The longest that an answer is held.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Addresses that are remembered, at most.
const ADDRESSES_MAX: usize = 10_000;

/// When each address is next answered without waiting for an earlier answer.
#[derive(Default)]
pub(crate) struct WrongKeys {
    next: Mutex<HashMap<Address, Instant>>,
}

impl WrongKeys {
    /// Waits for the turn of one more wrong key of this address.
    pub(crate) async fn wait(&self, address: Address) {
        let wait = self.turn(address, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    fn turn(&self, address: Address, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.len() >= ADDRESSES_MAX && !next.contains_key(&address) {
            next.retain(|_, at| *at > now);
            if next.len() >= ADDRESSES_MAX {
                // More addresses than can be distinguished: all of them wait.
                return WAIT_MAX;
            }
        }
        let at = next.entry(address).or_insert(now);
        *at = (*at).max(now) + SPACING;
        // Every key moves the turn on; the first ones fit into the slack.
        let wait = (*at - now).saturating_sub(SPACING * AT_ONCE);
        if wait > WAIT_MAX {
            // What waits longer than that has gone; the turn must not run away from it.
            *at = now + SPACING * AT_ONCE + WAIT_MAX;
        }
        drop(next);
        wait.min(WAIT_MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn address(number: u32) -> Address {
        IpAddr::from(Ipv4Addr::from_bits(number)).into()
    }

    #[test]
    fn the_first_are_answered_at_once_and_then_each_waits_longer() {
        let (keys, now) = (WrongKeys::default(), Instant::now());
        for _ in 0..AT_ONCE {
            assert_eq!(keys.turn(address(1), now), Duration::ZERO);
        }
        assert_eq!(keys.turn(address(1), now), SPACING);
        assert_eq!(keys.turn(address(1), now), SPACING * 2);
        assert_eq!(keys.turn(address(2), now), Duration::ZERO, "another address");
        for _ in 0..1_000 {
            assert!(keys.turn(address(1), now) <= WAIT_MAX);
        }
        let later = now + WAIT_MAX + SPACING * (AT_ONCE + 1);
        assert_eq!(keys.turn(address(1), later), Duration::ZERO, "forgotten after a while");
    }

    #[test]
    fn memory_is_bounded() {
        let (keys, now) = (WrongKeys::default(), Instant::now());
        let most = u32::try_from(ADDRESSES_MAX).unwrap();
        for number in 0..most + 10 {
            keys.turn(address(number), now);
        }
        assert_eq!(keys.turn(address(most + 20), now), WAIT_MAX);
        assert_eq!(keys.next.lock().unwrap().len(), ADDRESSES_MAX);
        assert_eq!(keys.turn(address(most + 20), now + SPACING * 2), Duration::ZERO);
    }
}
