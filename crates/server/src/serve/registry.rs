//! All open connections: how many there may be, which have to go, and the hands that close them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use tokio::sync::Notify;

use super::address::Address;
use super::connection::{OpenConnection, Standing};
use super::settings::ConnectionSettings;

/// The part of all connections that is closed at once when there is no room: making room looks at
/// all of them, so it must not be needed for every new one.
const ROOM_DIVISOR: usize = 32;

/// A clock in milliseconds that is read for nothing; as exact as its ticks. It is never at 0, which
/// stands for "not".
pub(super) struct Ticks {
    origin: Instant,
    now_ms: AtomicU64,
}

impl Ticks {
    pub(super) fn now(&self) -> u64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn tick(&self) -> u64 {
        let now = u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        self.now_ms.store(now, Ordering::Relaxed);
        now
    }
}

/// What becomes of a connection that was accepted.
pub(super) enum Admission {
    Admitted {
        connection: Arc<OpenConnection>,
        /// Others were closed for it.
        made_room: bool,
    },
    /// There is no room, and no connection that can be closed.
    Refused,
}

pub(super) struct Registry {
    settings: ConnectionSettings,
    ticks: Arc<Ticks>,
    open: Mutex<Open>,
    left: Notify,
    own: Weak<Registry>,
}

#[derive(Default)]
struct Open {
    next_id: u64,
    /// By age.
    connections: BTreeMap<u64, Entry>,
    /// Connections that count for an address.
    by_address: HashMap<Address, usize>,
}

struct Entry {
    connection: Arc<OpenConnection>,
    counted: Option<Address>,
}

impl Registry {
    pub(super) fn new(settings: ConnectionSettings) -> Arc<Self> {
        let ticks = Arc::new(Ticks { origin: Instant::now(), now_ms: AtomicU64::new(1) });
        Arc::new_cyclic(|own| Self {
            settings,
            ticks,
            open: Mutex::default(),
            left: Notify::new(),
            own: own.clone(),
        })
    }

    pub(super) fn settings(&self) -> &ConnectionSettings {
        &self.settings
    }

    /// Takes in a new connection, for which others may have to go.
    pub(super) fn admit(&self, peer: IpAddr) -> Admission {
        let mut open = self.lock();
        // Behind a proxy are many clients; each counts from its first request on.
        let is_proxy = self.settings.trusted_proxies.contain(peer);
        let address = (!is_proxy).then(|| Address::from(peer));
        let mut made_room = false;
        if let Some(address) = address
            && open.count(address) >= self.settings.connections_per_address
        {
            made_room = true;
            if open.make_room_at(address, self.settings.connections_per_address) == 0 {
                return Admission::Refused;
            }
        }
        if open.connections.len() >= self.settings.connections_max {
            made_room = true;
            if open.make_room(self.settings.connections_max) == 0 {
                return Admission::Refused;
            }
        }
        let id = open.next_id;
        open.next_id += 1;
        let ticks = Arc::clone(&self.ticks);
        let connection = Arc::new(OpenConnection::new(id, peer, self.own.clone(), ticks));
        open.insert(Entry { connection: Arc::clone(&connection), counted: address });
        drop(open);
        Admission::Admitted { connection, made_room }
    }

    /// Closes connections that can be spared, because the system has no room for more.
    pub(super) fn make_room(&self) {
        let mut open = self.lock();
        let count = open.connections.len();
        open.make_room(count);
    }

    /// Counts a connection of a proxy at the address of the client for whom it speaks now; false if
    /// that address has too many.
    pub(super) fn count_at(&self, connection: &OpenConnection, address: IpAddr) -> bool {
        if connection.is_known() {
            return true;
        }
        let address = Address::from(address);
        let mut open = self.lock();
        let former = open.connections.get(&connection.id()).and_then(|entry| entry.counted);
        // It may have shown a key since it was asked above.
        if former == Some(address) || connection.is_known() {
            return true;
        }
        let has_room = open.count(address) < self.settings.connections_per_address
            || open.make_room_at(address, self.settings.connections_per_address) > 0;
        if has_room {
            open.count_as(connection.id(), Some(address));
        }
        drop(open);
        has_room
    }

    /// A connection that has shown a key counts for no address.
    pub(super) fn known(&self, connection: &OpenConnection) {
        self.lock().count_as(connection.id(), None);
    }

    /// Forgets a connection that has ended.
    pub(super) fn left(&self, connection: &OpenConnection) {
        self.lock().remove(connection.id());
        self.left.notify_waiters();
    }

    /// Answers when the last connection has ended.
    pub(super) async fn all_gone(&self) {
        loop {
            let left = self.left.notified();
            let mut left = std::pin::pin!(left);
            left.as_mut().enable();
            if self.lock().connections.is_empty() {
                return;
            }
            left.await;
        }
    }

    /// Asks all connections to end. Those on which no request has come are closed.
    pub(super) fn end_all(&self) {
        for entry in self.lock().connections.values() {
            if entry.connection.waits_for_a_head() {
                entry.connection.close();
            } else {
                entry.connection.end();
            }
        }
    }

    pub(super) fn close_all(&self) {
        self.lock().connections.values().for_each(|entry| entry.connection.close());
    }

    /// Closes what is idle or too slow, until it is dropped.
    pub(super) async fn sweep_forever(&self) {
        let mut every = tokio::time::interval(self.settings.tick);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let now = self.ticks.tick();
            for entry in self.lock().connections.values() {
                entry.connection.look_after(now, &self.settings);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn count(&self, address: Address) -> usize {
        self.by_address.get(&address).copied().unwrap_or(0)
    }

    fn insert(&mut self, entry: Entry) {
        if let Some(address) = entry.counted {
            *self.by_address.entry(address).or_default() += 1;
        }
        self.connections.insert(entry.connection.id(), entry);
    }

    fn remove(&mut self, id: u64) {
        self.count_as(id, None);
        self.connections.remove(&id);
    }

    fn count_as(&mut self, id: u64, address: Option<Address>) {
        let Some(entry) = self.connections.get_mut(&id) else { return };
        let former = std::mem::replace(&mut entry.counted, address);
        if let Some(address) = address {
            *self.by_address.entry(address).or_default() += 1;
        }
        if let Some(former) = former
            && let Some(count) = self.by_address.get_mut(&former)
        {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&former);
            }
        }
    }

    /// Closes the oldest connections of an address that can be spared; answers how many.
    fn make_room_at(&mut self, address: Address, limit: usize) -> usize {
        let of_address = |entry: &&Entry| entry.counted == Some(address);
        let own = self.connections.values().filter(of_address);
        let spared = own.map(|entry| (entry.connection.standing(), entry.connection.id()));
        self.close_first(spared.collect(), limit, |(standing, id)| (*standing, *id))
    }

    /// Closes connections that can be spared: those without a key first, of them the oldest of the
    /// address that has most.
    fn make_room(&mut self, limit: usize) -> usize {
        let spared = self.connections.values();
        let spared = spared.map(|entry| (entry.connection.standing(), entry.connection.id()));
        let rank = |(standing, id): &(Standing, u64)| {
            let counted = self.connections.get(id).and_then(|entry| entry.counted);
            (*standing, Reverse(counted.map_or(0, |address| self.count(address))), *id)
        };
        let mut ranked: Vec<_> = spared.map(|spared| (rank(&spared), spared)).collect();
        ranked.sort_unstable();
        let sorted = ranked.into_iter().map(|(_, spared)| spared).collect();
        self.close_sorted(sorted, limit)
    }

    fn close_first<K: Ord>(
        &mut self,
        mut spared: Vec<(Standing, u64)>,
        limit: usize,
        rank: impl Fn(&(Standing, u64)) -> K,
    ) -> usize {
        spared.sort_unstable_by_key(rank);
        self.close_sorted(spared, limit)
    }

    fn close_sorted(&mut self, spared: Vec<(Standing, u64)>, limit: usize) -> usize {
        let most = (limit / ROOM_DIVISOR).max(1);
        let can_be_spared = spared.into_iter().filter(|(standing, _)| *standing < Standing::Busy);
        let ids: Vec<u64> = can_be_spared.map(|(_, id)| id).take(most).collect();
        for id in &ids {
            if let Some(entry) = self.connections.get(id) {
                entry.connection.close();
            }
            self.remove(*id);
        }
        if !ids.is_empty() {
            tracing::debug!(count = ids.len(), "connections were closed to make room");
        }
        ids.len()
    }
}
