//! The memory that the children and recognisers of one process may use together: each reserves its
//! own before it starts, and idle ones end if others need the room.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Semaphore;

const MEBIBYTE: u64 = 1024 * 1024;

/// Something that holds memory while it waits for work.
pub(crate) trait Idle: Send + Sync + fmt::Debug {
    /// Ends one of those that wait; false if there is none.
    fn end_one(&self) -> bool;
}

/// An amount of memory, shared by its clones.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Counted in mebibytes. A recogniser takes of `all`; a child takes of both, so that children
    /// always leave room for one recogniser. Without it they could wait for one for ever.
    all: Arc<Semaphore>,
    children: Arc<Semaphore>,
    children_bytes: u64,
    total_bytes: u64,
    waiting: AtomicUsize,
    idle: Mutex<Vec<Weak<dyn Idle>>>,
}

/// Memory that is taken. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Reservation {
    _parts: Vec<Part>,
}

/// A part of one amount.
#[derive(Debug)]
struct Part {
    of: Arc<Semaphore>,
    mebibytes: u32,
}

impl Drop for Part {
    fn drop(&mut self) {
        self.of.add_permits(usize::try_from(self.mebibytes).unwrap_or(usize::MAX));
    }
}

impl MemoryBudget {
    /// So much in all, of which so much is kept for recognisers.
    #[must_use]
    pub fn new(total_bytes: u64, recogniser_bytes: u64) -> Self {
        let children_bytes = total_bytes.saturating_sub(recogniser_bytes);
        let semaphore = |bytes: u64| {
            let mebibytes = usize::try_from(bytes / MEBIBYTE).unwrap_or(usize::MAX);
            Arc::new(Semaphore::new(mebibytes.min(Semaphore::MAX_PERMITS)))
        };
        let shared = Shared {
            all: semaphore(total_bytes),
            children: semaphore(children_bytes),
            children_bytes,
            total_bytes,
            waiting: AtomicUsize::new(0),
            idle: Mutex::new(Vec::new()),
        };
        Self { shared: Arc::new(shared) }
    }

    /// As much as is asked for.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(u64::from(u32::MAX) * MEBIBYTE, 0)
    }

    /// All of it.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.shared.total_bytes
    }

    /// Children of this size that fit at the same time.
    #[must_use]
    pub fn children_max(&self, memory_bytes: u64) -> usize {
        let children = self.shared.children_bytes / memory_bytes.max(1);
        usize::try_from(children).unwrap_or(usize::MAX)
    }

    /// Lets those that wait for work be ended.
    pub(crate) fn register(&self, idle: Weak<dyn Idle>) {
        let mut registered = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        registered.retain(|one| one.strong_count() > 0);
        registered.push(idle);
    }

    /// True while something waits for memory.
    pub(crate) fn is_short(&self) -> bool {
        self.shared.waiting.load(Ordering::Relaxed) > 0
    }

    /// Waits for the memory of a child.
    pub(crate) async fn for_child(&self, bytes: u64) -> Reservation {
        let children = self.take(&self.shared.children, bytes).await;
        let all = self.take(&self.shared.all, bytes).await;
        Reservation { _parts: children.into_iter().chain(all).collect() }
    }

    /// Waits for the memory of a recogniser.
    pub(crate) async fn for_recogniser(&self, bytes: u64) -> Reservation {
        Reservation { _parts: self.take(&self.shared.all, bytes).await.into_iter().collect() }
    }

    async fn take(&self, of: &Arc<Semaphore>, bytes: u64) -> Option<Part> {
        let wanted = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX);
        let part = || Part { of: Arc::clone(of), mebibytes: wanted };
        loop {
            if let Ok(permit) = of.try_acquire_many(wanted) {
                permit.forget();
                return Some(part());
            }
            if !self.end_one_idle() {
                break;
            }
        }
        let waiting = Waiting::new(&self.shared.waiting);
        let permit = of.acquire_many(wanted).await;
        drop(waiting);
        // The semaphores are never closed.
        permit.ok().map(|permit| {
            permit.forget();
            part()
        })
    }

    fn end_one_idle(&self) -> bool {
        let registered = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).clone();
        registered.iter().filter_map(Weak::upgrade).any(|idle| idle.end_one())
    }
}

/// Counts one that waits, also if it gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const CHILD: u64 = 640 * MEBIBYTE;
    const RECOGNISER: u64 = 512 * MEBIBYTE;

    /// True if the work is not done however often it is looked at.
    async fn waits<T>(work: impl Future<Output = T>) -> bool {
        tokio::time::timeout(Duration::ZERO, work).await.is_err()
    }

    #[tokio::test]
    async fn children_leave_room_for_a_recogniser() {
        let budget = MemoryBudget::new(2 * CHILD + RECOGNISER, RECOGNISER);
        assert_eq!(budget.children_max(CHILD), 2);
        let first = budget.for_child(CHILD).await;
        let _second = budget.for_child(CHILD).await;
        assert!(waits(budget.for_child(CHILD)).await);
        let recogniser = budget.for_recogniser(RECOGNISER).await;
        assert!(waits(budget.for_recogniser(RECOGNISER)).await);
        drop(first);
        assert!(!waits(budget.for_recogniser(RECOGNISER)).await);
        drop(recogniser);
        assert!(!waits(budget.for_child(CHILD)).await);
    }

    #[derive(Debug)]
    struct Warm(Mutex<Vec<Reservation>>);

    impl Idle for Warm {
        fn end_one(&self) -> bool {
            self.0.lock().unwrap().pop().is_some()
        }
    }

    #[tokio::test]
    async fn a_child_that_waits_for_work_makes_room() {
        let budget = MemoryBudget::new(CHILD + RECOGNISER, RECOGNISER);
        let warm = Arc::new(Warm(Mutex::new(vec![budget.for_child(CHILD).await])));
        let idle: Arc<dyn Idle> = warm.clone();
        budget.register(Arc::downgrade(&idle));
        let _child = budget.for_child(CHILD).await;
        assert!(warm.0.lock().unwrap().is_empty());
        assert!(!budget.is_short());
        assert!(waits(budget.for_child(CHILD)).await);
        assert!(!budget.is_short(), "the one that gave up is not counted");
    }
}
