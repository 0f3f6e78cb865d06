//! The order of waiting jobs, read at most once a second and only for a request that needs it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use docket_contract::UserId;
use docket_store::{ExpectedOrder, Store};

use crate::Error;

/// How old the order may be.
const OLD_AFTER: Duration = Duration::from_secs(1);

/// Jobs that are counted, at most about; the accounts that wait share them.
const COUNTED_MAX: usize = 10_000;

type Order = Arc<ExpectedOrder>;

#[derive(Default)]
pub(crate) struct QueueOrder {
    known: Mutex<Option<(Instant, Order)>>,
}

impl QueueOrder {
    /// The place of the account's job with this priority and creation order, counted from 1; `None`
    /// if it is beyond what is counted.
    pub(crate) async fn position(
        &self,
        store: &dyn Store,
        user: &UserId,
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
        Ok(order.position(user, place.0, place.1))
    }

    /// The same without asking the database; `None` if it must be asked.
    pub(crate) fn position_in_memory(
        &self,
        user: &UserId,
        place: (i32, i64),
    ) -> Option<Option<usize>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, order) = known.as_ref()?;
        let order = (read_at.elapsed() < OLD_AFTER).then(|| Arc::clone(order));
        drop(known);
        Some(order?.position(user, place.0, place.1))
    }

    /// The order, unless it is old; the caller that gets this answer reads it for all.
    fn recent(&self) -> Option<Order> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = known.as_mut().and_then(|(read_at, order)| {
            if read_at.elapsed() < OLD_AFTER {
                return Some(Arc::clone(order));
            }
            // Others use the old one until the new one is here.
            *read_at = Instant::now();
            None
        });
        drop(known);
        recent
    }
}
