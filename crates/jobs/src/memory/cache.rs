//! Statuses in memory, and the rules under which memory may answer.
//!
//! * Nothing is answered from memory unless the change feed was read within the last
//!   [`FRESH_FOR`]: every change committed before that read is known.
//! * Ended jobs are remembered by every node. Unfinished ones only while no other API node serves the
//!   data: two memories a moment apart would show a client a status that goes backwards.
//! * A known change removes older entries, and keeps a read that is under way from
//!   remembering what is older.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use docket_contract::JobId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::status::Status;

/// How long after the start of a read of the feed memory may answer. A change committed by another
/// node is thus seen everywhere after this time.
pub const FRESH_FOR: Duration = Duration::from_millis(900);

/// Beyond the body: keys, pointers, counters.
const ENTRY_BYTES: u64 = 256;

/// Statuses expected at the start; the table grows.
const EXPECTED_ENTRIES: usize = 1024;

/// Locks of writers; a job has one of them.
const STRIPES: usize = 64;

/// What this process's memory holds and does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryNumbers {
    /// Status reads that memory answered, since the start.
    pub hits: u64,
    /// Status reads that went to the database, since the start.
    pub misses: u64,
    /// Statuses that are remembered.
    pub statuses: usize,
    /// Their weight in bytes.
    pub status_bytes: u64,
    /// Held reads and streams of single jobs.
    pub job_watchers: usize,
    /// Streams of accounts.
    pub account_watchers: usize,
    /// How long ago the change feed was read to its end; `None` before the first time.
    pub feed_age: Option<Duration>,
    /// No other API node serves these data: unfinished jobs are remembered too.
    pub alone: bool,
}

pub(crate) struct StatusCache {
    entries: Cache<JobId, Arc<Status>, Bytes>,
    /// Reads under way, by job.
    stripes: Box<[Mutex<HashMap<JobId, UnderWay>>]>,
    /// No other API node serves these data.
    alone: AtomicBool,
    fresh: Freshness,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Default)]
struct UnderWay {
    readers: usize,
    /// The least version that may be remembered.
    floor: i64,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<JobId, Arc<Status>> for Bytes {
    fn weight(&self, _: &JobId, status: &Arc<Status>) -> u64 {
        ENTRY_BYTES + status.body.len() as u64
    }
}

impl StatusCache {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self {
            entries: Cache::with_weighter(EXPECTED_ENTRIES, bytes_max, Bytes),
            stripes: (0..STRIPES).map(|_| Mutex::default()).collect(),
            alone: AtomicBool::new(false),
            fresh: Freshness::default(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// The job's status, if memory may answer.
    pub(crate) fn get(&self, id: JobId) -> Option<Arc<Status>> {
        let known = self.entries.get(&id).filter(|status| {
            self.fresh.is_fresh() && (status.ended || self.alone.load(Ordering::Acquire))
        });
        if known.is_some() {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
        known
    }

    /// Counts a read that goes to the database.
    pub(crate) fn missed(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// Announces a read of the job or a change to it, before it begins.
    pub(crate) fn begin(&self, id: JobId) -> Reading<'_> {
        self.stripe(id).entry(id).or_default().readers += 1;
        Reading { cache: self, id }
    }

    /// Hears that the job has this version now, at least; `i64::MAX` of a deleted job.
    pub(crate) fn changed(&self, id: JobId, version: i64) {
        let mut stripe = self.stripe(id);
        self.heard_under_lock(&mut stripe, id, version);
    }

    /// Notes that every change committed before `read_at` is known.
    pub(crate) fn fed(&self, read_at: Instant) {
        self.fresh.fed(read_at);
    }

    /// Notes whether other API nodes may serve these data.
    pub(crate) fn set_alone(&self, alone: bool) {
        if self.alone.swap(alone, Ordering::AcqRel) && !alone {
            tracing::warn!("unfinished jobs are no longer answered from memory");
            self.entries.retain(|_, status| status.ended);
        }
    }

    /// The cached statuses; watchers are elsewhere.
    pub(crate) fn numbers(&self) -> MemoryNumbers {
        MemoryNumbers {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            statuses: self.entries.len(),
            status_bytes: self.entries.weight(),
            feed_age: self.fresh.age(),
            alone: self.alone.load(Ordering::Acquire),
            ..MemoryNumbers::default()
        }
    }

    /// What other nodes may still answer from memory is gone after this time.
    pub(crate) fn propagation(&self) -> Duration {
        if self.alone.load(Ordering::Acquire) { Duration::ZERO } else { FRESH_FOR }
    }

    fn heard_under_lock(&self, stripe: &mut HashMap<JobId, UnderWay>, id: JobId, version: i64) {
        if let Some(under_way) = stripe.get_mut(&id) {
            under_way.floor = under_way.floor.max(version);
        }
        if self.entries.peek(&id).is_some_and(|known| known.version < version) {
            self.entries.remove(&id);
        }
    }

    fn stripe(&self, id: JobId) -> MutexGuard<'_, HashMap<JobId, UnderWay>> {
        // The last byte of a UUIDv7 is random.
        let stripe = usize::from(id.uuid().as_bytes()[15]) % STRIPES;
        self.stripes[stripe].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read of a job under way, or a change to it.
pub(crate) struct Reading<'a> {
    cache: &'a StatusCache,
    id: JobId,
}

impl Reading<'_> {
    /// Stores what was read, unless a newer change became known meanwhile.
    pub(crate) fn learn(&self, status: &Arc<Status>) {
        let cache = self.cache;
        let mut stripe = cache.stripe(self.id);
        cache.heard_under_lock(&mut stripe, self.id, status.version);
        let floor = stripe.get(&self.id).map_or(0, |under_way| under_way.floor);
        let may_be_remembered = status.ended || cache.alone.load(Ordering::Acquire);
        if may_be_remembered && status.version >= floor && cache.entries.peek(&self.id).is_none() {
            cache.entries.insert(self.id, Arc::clone(status));
        }
        drop(stripe);
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut stripe = self.cache.stripe(self.id);
        if let Some(under_way) = stripe.get_mut(&self.id) {
            under_way.readers -= 1;
            if under_way.readers == 0 {
                stripe.remove(&self.id);
            }
        }
    }
}

/// When the feed was last read.
struct Freshness {
    origin: Instant,
    /// Microseconds from the origin to the end of freshness; 0 before the first read.
    until_us: AtomicU64,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { origin: Instant::now(), until_us: AtomicU64::new(0) }
    }
}

impl Freshness {
    fn fed(&self, read_at: Instant) {
        let until = read_at.saturating_duration_since(self.origin) + FRESH_FOR;
        self.until_us.fetch_max(micros(until), Ordering::Release);
    }

    /// Since the last read; `None` before the first.
    fn age(&self) -> Option<Duration> {
        let until = Duration::from_micros(self.until_us.load(Ordering::Acquire));
        (!until.is_zero()).then(|| (self.origin.elapsed() + FRESH_FOR).saturating_sub(until))
    }

    fn is_fresh(&self) -> bool {
        micros(self.origin.elapsed()) < self.until_us.load(Ordering::Acquire)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
