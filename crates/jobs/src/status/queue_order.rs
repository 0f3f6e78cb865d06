//! The order of waiting jobs, read at most once a second and only when somebody asks.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use docket_store::Store;

use crate::Error;

/// How old the order may be.
const OLD_AFTER: Duration = Duration::from_secs(1);

/// Jobs that are counted, at most.
const COUNTED_MAX: usize = 10_000;

/// Priority and creation order of the waiting jobs, first to be claimed first.
type Order = Arc<Vec<(i32, i64)>>;

#[derive(Default)]
pub(crate) struct QueueOrder {
    known: Mutex<Option<(Instant, Order)>>,
}

impl QueueOrder {
    /// The place of the job with this priority and creation order, counted from 1; `None` if it is
    /// beyond what is counted.
    pub(crate) async fn position(
        &self,
        store: &dyn Store,
        place: (i32, i64),
    ) -> Result<Option<usize>, Error> {
        let order = match self.recent() {
            Some(order) => order,
            None => {
                let order = Arc::new(store.queue_order(COUNTED_MAX).await?);
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((Instant::now(), Arc::clone(&order)));
                order
            }
        };
        Ok(position_in(&order, place))
    }

    /// The same without asking the database; `None` if it must be asked.
    pub(crate) fn position_in_memory(&self, place: (i32, i64)) -> Option<Option<usize>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, order) = known.as_ref()?;
        let order = (read_at.elapsed() < OLD_AFTER).then(|| Arc::clone(order));
        drop(known);
        Some(position_in(&order?, place))
    }

    /// The order, unless it is old; whoever is told that it is reads it for all.
    fn recent(&self) -> Option<Order> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = known.as_mut().and_then(|(read_at, order)| {
            if read_at.elapsed() < OLD_AFTER {
                return Some(Arc::clone(order));
            }
            // Others go on with the old one until the new one is here.
            *read_at = Instant::now();
            None
        });
        drop(known);
        recent
    }
}

fn position_in(order: &[(i32, i64)], place: (i32, i64)) -> Option<usize> {
    let key = |(priority, seq): (i32, i64)| (Reverse(priority), seq);
    let ahead = order.partition_point(|other| key(*other) < key(place));
    (ahead < COUNTED_MAX).then_some(ahead + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_by_priority_then_age() {
        let order = [(5, 9), (0, 2), (0, 4), (-1, 1)];
        for (place, want) in [((5, 9), 1), ((0, 2), 2), ((0, 3), 3), ((0, 9), 4), ((-1, 1), 4)] {
            assert_eq!(position_in(&order, place), Some(want), "{place:?}");
        }
        let long: Vec<_> = (0..10_000).map(|seq| (0, seq)).collect();
        assert_eq!(position_in(&long, (0, 9_999)), Some(10_000));
        assert_eq!(position_in(&long, (0, 10_000)), None);
    }
}
