//! The processor time of one document: an amount for all of it, which grows with its pages and with
//! the pictures that are recognised, and never by progress alone.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// Drawing and preparing the picture of one page for recognition. Recognition has limits of its own,
/// and this belongs to it: a scan of 500 pages spends 100 s and more on it.
const PICTURE_CPU: Duration = Duration::from_secs(2);
/// Drawing a page to see whether its pictures show text.
const DRAWING_CPU: Duration = Duration::from_millis(300);
/// The same for all pictures of a document.
const PICTURES_CPU_MAX: Duration = Duration::from_secs(600);

/// Processor time, over all threads, that a document may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuLimits {
    /// For the document, whatever its number of pages.
    pub document: Duration,
    /// On top for each of its pages.
    pub per_page: Duration,
    /// Between two reports of progress, for each thread.
    pub page: Duration,
}

impl Default for CpuLimits {
    fn default() -> Self {
        Self {
            document: Duration::from_secs(20),
            per_page: Duration::from_millis(10),
            page: Duration::from_secs(20),
        }
    }
}

impl fmt::Display for CpuLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} s and {} ms for each page, {} s for one page",
            self.document.as_secs(),
            self.per_page.as_millis(),
            self.page.as_secs()
        )
    }
}

/// The processor time that a document may still use. The kernel enforces it with `SIGXCPU`.
#[derive(Debug)]
pub(super) struct CpuBudget {
    limits: CpuLimits,
    threads: u32,
    /// The reading of the processor clock at which the document has used up its time.
    end: Cell<Duration>,
    counted_pages: Cell<u32>,
    for_pictures: Cell<Duration>,
}

impl CpuBudget {
    /// Starts the budget of a document that this many threads read.
    pub(super) fn start(limits: CpuLimits, threads: usize) -> Self {
        let budget = Self {
            limits,
            threads: u32::try_from(threads).unwrap_or(1).max(1),
            end: Cell::new(used() + limits.document),
            counted_pages: Cell::new(0),
            for_pictures: Cell::new(Duration::ZERO),
        };
        budget.set_limit();
        budget
    }

    /// Notes that the document has this many pages, and that the next page begins.
    pub(super) fn page_begins(&self, page_count: usize) {
        let pages = u32::try_from(page_count).unwrap_or(u32::MAX);
        let new = pages.saturating_sub(self.counted_pages.get());
        self.counted_pages.set(self.counted_pages.get() + new);
        self.end.set(self.end.get().saturating_add(self.limits.per_page.saturating_mul(new)));
        self.set_limit();
    }

    /// Adds the time for preparing this many pictures.
    pub(super) fn pictures_recognised(&self, count: usize) {
        self.add_for_pictures(PICTURE_CPU.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX)));
    }

    /// Adds the time for drawing a page.
    pub(super) fn page_drawn(&self) {
        self.add_for_pictures(DRAWING_CPU);
    }

    fn add_for_pictures(&self, wanted: Duration) {
        let more = wanted.min(PICTURES_CPU_MAX.saturating_sub(self.for_pictures.get()));
        self.for_pictures.set(self.for_pictures.get() + more);
        self.end.set(self.end.get().saturating_add(more));
        self.set_limit();
    }

    fn set_limit(&self) {
        let page_end = used().saturating_add(self.limits.page.saturating_mul(self.threads));
        allow_until(self.end.get().min(page_end));
    }
}

/// Lets the process use this much more processor time from now.
pub(super) fn allow_cpu(more: Duration) {
    allow_until(used() + more);
}

/// The kernel counts whole seconds.
fn allow_until(end: Duration) {
    let used_s = used().as_secs();
    let end_s = (end + Duration::from_millis(500)).as_secs().max(used_s + 1);
    let maximum = getrlimit(Resource::Cpu).maximum;
    // The soft limit may always be moved below the hard one.
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(end_s), maximum });
}

fn used() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(used.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(used.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soft_limit_s() -> u64 {
        getrlimit(Resource::Cpu).current.unwrap_or(u64::MAX)
    }

    /// The limits are so large that they do not touch the other tests of this process.
    #[test]
    fn progress_alone_renews_nothing() {
        let limits = CpuLimits {
            document: Duration::from_secs(10_000),
            per_page: Duration::from_secs(10),
            page: Duration::from_secs(1_000_000),
        };
        let budget = CpuBudget::start(limits, 2);
        let at_first = soft_limit_s();
        budget.page_begins(0);
        assert_eq!(soft_limit_s(), at_first);
        for _ in 0..1000 {
            budget.page_begins(3);
        }
        assert_eq!(soft_limit_s(), at_first + 30);
        budget.pictures_recognised(2);
        assert_eq!(soft_limit_s(), at_first + 34);
        budget.pictures_recognised(1_000_000);
        assert_eq!(soft_limit_s(), at_first + 630, "pictures have a limit of their own");
    }
}
