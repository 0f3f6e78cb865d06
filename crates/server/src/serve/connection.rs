//! What is known of an open connection: what it does, since when, and whether it has to go.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::Waker;

use axum::http::Version;
use futures_util::task::AtomicWaker;

use super::registry::{Registry, Ticks};
use super::settings::ConnectionSettings;

const OPEN: u8 = 0;
const ENDING: u8 = 1;
const CLOSED: u8 = 2;

/// An open connection.
pub(crate) struct OpenConnection {
    id: u64,
    peer: IpAddr,
    registry: Weak<Registry>,
    ticks: Arc<Ticks>,
    /// Requests that are being read or answered.
    in_flight: AtomicU32,
    /// When the last request ended, or the connection began.
    quiet_since: AtomicU64,
    /// When the first byte of the next head came; 0 if none has.
    head_since: AtomicU64,
    /// Since when the socket takes no more bytes; 0 if it does.
    blocked_since: AtomicU64,
    wrote_at: AtomicU64,
    /// Answers of which a piece was handed over and the next has not been asked for.
    sending: AtomicU32,
    handed_at: AtomicU64,
    had_request: AtomicBool,
    /// Its bytes between requests may be other than those of a head.
    is_http2: AtomicBool,
    /// A request with a valid key, or a valid link, came over it.
    known: AtomicBool,
    state: AtomicU8,
    waker: AtomicWaker,
}

/// How dispensable a connection is; the first are closed first when there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// No request is under way, and none had a valid key.
    Silent,
    /// A request is under way, and none had a valid key.
    Unknown,
    /// A client with a valid key, between its requests.
    Idle,
    /// A client with a valid key that waits for an answer.
    Busy,
}

impl OpenConnection {
    pub(super) fn new(id: u64, peer: IpAddr, registry: Weak<Registry>, ticks: Arc<Ticks>) -> Self {
        let now = ticks.now();
        Self {
            id,
            peer,
            registry,
            ticks,
            in_flight: AtomicU32::new(0),
            quiet_since: AtomicU64::new(now),
            head_since: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            wrote_at: AtomicU64::new(0),
            sending: AtomicU32::new(0),
            handed_at: AtomicU64::new(0),
            had_request: AtomicBool::new(false),
            is_http2: AtomicBool::new(false),
            known: AtomicBool::new(false),
            state: AtomicU8::new(OPEN),
            waker: AtomicWaker::new(),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn peer(&self) -> IpAddr {
        self.peer
    }

    pub(super) fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// Notes that a request with a valid key came over it.
    pub(crate) fn make_known(&self) {
        if !self.is_known()
            && !self.known.swap(true, Ordering::AcqRel)
            && let Some(registry) = self.registry.upgrade()
        {
            registry.known(self);
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match (self.is_known(), self.in_flight.load(Ordering::Acquire)) {
            (false, 0) => Standing::Silent,
            (false, _) => Standing::Unknown,
            (true, 0) => Standing::Idle,
            (true, _) => Standing::Busy,
        }
    }

    /// Asks the client to go: open requests are answered, and no more are taken.
    pub(super) fn end(&self) {
        let moved = self.state.compare_exchange(OPEN, ENDING, Ordering::AcqRel, Ordering::Acquire);
        if moved.is_ok() {
            self.waker.wake();
        }
    }

    /// Closes it, whatever it does.
    pub(super) fn close(&self) {
        self.state.store(CLOSED, Ordering::Release);
        self.waker.wake();
    }

    pub(super) fn listen(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    pub(super) fn must_end(&self) -> bool {
        self.state.load(Ordering::Acquire) >= ENDING
    }

    pub(super) fn must_close(&self) -> bool {
        self.state.load(Ordering::Acquire) == CLOSED
    }

    /// True if there is no request and no answer under way, but perhaps the beginning of a head,
    /// which an orderly end would wait for.
    pub(super) fn waits_for_a_head(&self) -> bool {
        self.in_flight.load(Ordering::Acquire) == 0
            && (!self.had_request.load(Ordering::Relaxed)
                || self.head_since.load(Ordering::Relaxed) != 0)
    }

    /// Bytes came.
    pub(super) fn received(&self) {
        if self.in_flight.load(Ordering::Relaxed) == 0
            && self.head_since.load(Ordering::Relaxed) == 0
        {
            self.head_since.store(self.ticks.now(), Ordering::Relaxed);
        }
    }

    /// The socket took bytes.
    pub(super) fn wrote(&self) {
        self.wrote_at.store(self.ticks.now(), Ordering::Relaxed);
        if self.blocked_since.load(Ordering::Relaxed) != 0 {
            self.blocked_since.store(0, Ordering::Relaxed);
        }
    }

    /// The socket takes no more bytes.
    pub(super) fn blocked(&self) {
        if self.blocked_since.load(Ordering::Relaxed) == 0 {
            self.blocked_since.store(self.ticks.now(), Ordering::Relaxed);
        }
    }

    /// Does what is due: ends an idle connection, closes one that is too slow.
    pub(super) fn look_after(&self, now: u64, settings: &ConnectionSettings) {
        let older = |since: u64, limit: std::time::Duration| {
            since != 0 && u128::from(now.saturating_sub(since)) > limit.as_millis()
        };
        let load = |value: &AtomicU64| value.load(Ordering::Relaxed);
        let stalled = older(load(&self.blocked_since), settings.stall)
            || (self.sending.load(Ordering::Relaxed) > 0
                && older(load(&self.handed_at), settings.stall));
        if stalled {
            return self.close();
        }
        if self.in_flight.load(Ordering::Acquire) > 0 {
            return;
        }
        let quiet_since = load(&self.quiet_since);
        let head_is_late = if self.had_request.load(Ordering::Relaxed) {
            !self.is_http2.load(Ordering::Relaxed) && older(load(&self.head_since), settings.head)
        } else {
            older(quiet_since, settings.head)
        };
        if head_is_late {
            return self.close();
        }
        // What is left of a large answer over HTTP/2 may still be on its way after its end here.
        let active_at = if self.is_known() { load(&self.wrote_at) } else { 0 };
        if older(quiet_since.max(active_at), settings.idle) {
            // One that was asked before and is still here has had a tick to go.
            if self.must_end() { self.close() } else { self.end() }
        }
    }
}

/// A request on a connection, until both its body and its answer are done with.
pub(super) struct Exchange(Arc<OpenConnection>);

impl Exchange {
    pub(super) fn begin(connection: &Arc<OpenConnection>, version: Version) -> Self {
        connection.in_flight.fetch_add(1, Ordering::AcqRel);
        connection.head_since.store(0, Ordering::Relaxed);
        if !connection.had_request.load(Ordering::Relaxed) {
            connection.had_request.store(true, Ordering::Relaxed);
            connection.is_http2.store(version == Version::HTTP_2, Ordering::Relaxed);
        }
        Self(Arc::clone(connection))
    }

    /// A piece of the answer was handed over to be sent.
    pub(super) fn handed(&self, is_first: bool) {
        self.0.handed_at.store(self.0.ticks.now(), Ordering::Relaxed);
        if is_first {
            self.0.sending.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was handed over is no longer what the answer waits for.
    pub(super) fn taken(&self) {
        self.0.sending.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Clone for Exchange {
    fn clone(&self) -> Self {
        self.0.in_flight.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // Noted first: a reader that sees nothing in flight also sees since when.
        self.0.quiet_since.store(self.0.ticks.now(), Ordering::Relaxed);
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}
