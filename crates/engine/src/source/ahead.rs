//! Pages read ahead of their turn, by several threads: pages do not depend on one another.

use std::iter::Cycle;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, Scope};

/// The stack of a reading thread: nesting is bounded, but generously.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// Threads pay off from this many pages each: every one loads the document's fonts for itself.
const PAGES_MIN: usize = 8;
/// Pages that wait for their turn, for each thread. What was read is big, above all drawn pages.
const WAITING: usize = 1;

/// Gives `body` what reads the pages in their order, one after the other; it may stop early. Where
/// the document is worth it, threads read ahead, at most as many as wanted. Each makes what it needs
/// with `prepare`. A page at which the reader panics has no outcome.
pub(crate) fn with_pages<T: Send, R, O>(
    wanted: usize,
    pages: &[usize],
    prepare: &(impl Fn() -> R + Sync),
    body: impl FnOnce(&mut dyn FnMut(usize) -> Option<T>) -> O,
) -> O
where
    R: FnMut(usize) -> Option<T>,
{
    let alone = |body: Box<Body<'_, T, O>>| {
        let mut read = prepare();
        body(&mut |page| catch_unwind(AssertUnwindSafe(|| read(page))).ok().flatten())
    };
    let body = Box::new(body);
    let threads = worthwhile_threads(wanted, pages.len());
    if threads == 1 {
        return alone(body);
    }
    std::thread::scope(|scope| match Ahead::start(scope, threads, pages, prepare) {
        Ok(mut ahead) => body(&mut |_| ahead.next()),
        // Where threads are scarce, this one is left.
        Err(_) => alone(body),
    })
}

type Body<'a, T, O> = dyn FnOnce(&mut dyn FnMut(usize) -> Option<T>) -> O + 'a;

/// How many threads read so many pages at most, of those that may; 1: no others at all.
#[must_use]
pub fn worthwhile_threads(wanted: usize, pages: usize) -> usize {
    wanted.min(pages / PAGES_MIN).max(1)
}

/// The outcomes of pages in their order.
struct Ahead<T> {
    lanes: Cycle<std::vec::IntoIter<usize>>,
    receivers: Vec<Receiver<Option<T>>>,
}

impl<T: Send> Ahead<T> {
    /// Starts to read. Every thread takes the pages that are the number of threads apart, so that all
    /// are busy in the same part of the document.
    ///
    /// # Errors
    /// If no thread can be started.
    fn start<'scope, 'env, R>(
        scope: &'scope Scope<'scope, 'env>,
        threads: usize,
        pages: &'env [usize],
        prepare: &'env (impl Fn() -> R + Sync),
    ) -> std::io::Result<Self>
    where
        R: FnMut(usize) -> Option<T>,
        T: 'scope,
    {
        let mut receivers = Vec::with_capacity(threads);
        for lane in 0..threads {
            let (sender, receiver) = sync_channel(WAITING);
            let read_lane = move || {
                let mut read = prepare();
                for page in pages.iter().skip(lane).step_by(threads) {
                    let outcome = catch_unwind(AssertUnwindSafe(|| read(*page))).ok().flatten();
                    if sender.send(outcome).is_err() {
                        return;
                    }
                }
            };
            Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, read_lane)?;
            receivers.push(receiver);
        }
        let lanes = (0..threads).collect::<Vec<_>>().into_iter().cycle();
        Ok(Self { lanes, receivers })
    }

    /// The outcome of the next page, waiting for it.
    fn next(&mut self) -> Option<T> {
        let lane = self.lanes.next()?;
        self.receivers.get(lane)?.recv().ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(threads: usize, pages: &[usize], panics_at: usize) -> Vec<Option<usize>> {
        let prepare = || {
            let mut seen = 0;
            move |page: usize| {
                seen += 1;
                assert!(page != panics_at, "the reader fails here");
                (seen > 0).then_some(page * 10)
            }
        };
        std::thread::scope(|scope| {
            let mut ahead = Ahead::start(scope, threads, pages, &prepare).unwrap();
            pages.iter().map(|_| ahead.next()).collect()
        })
    }

    #[test]
    fn pages_come_in_their_order() {
        let pages: Vec<usize> = (3..40).collect();
        let wanted: Vec<Option<usize>> = pages.iter().map(|page| Some(page * 10)).collect();
        for threads in [1, 2, 3, 50] {
            assert_eq!(read_all(threads, &pages, 0), wanted, "{threads} threads");
        }
    }

    #[test]
    fn a_page_that_panics_costs_no_other() {
        let read = read_all(2, &[1, 2, 3, 4, 5], 3);
        assert_eq!(read, [Some(10), Some(20), None, Some(40), Some(50)]);
    }

    #[test]
    fn threads_end_when_nobody_takes_their_pages_any_more() {
        let pages: Vec<usize> = (1..1000).collect();
        let prepare = || |page: usize| Some(page);
        let first = std::thread::scope(|scope| {
            let mut ahead = Ahead::start(scope, 3, &pages, &prepare).unwrap();
            ahead.next()
        });
        assert_eq!(first, Some(1));
    }

    #[test]
    fn short_documents_are_read_by_one_thread() {
        assert_eq!(worthwhile_threads(4, 7), 1);
        assert_eq!(worthwhile_threads(4, 24), 3);
        assert_eq!(worthwhile_threads(0, 500), 1);
    }
}
