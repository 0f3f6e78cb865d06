//! The order in which waiting jobs are expected to be claimed.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use docket_contract::UserId;

use super::state::{STRIDE, Shares};

/// A ready job, as the order needs it.
#[derive(Clone, Debug)]
pub(crate) struct WaitingJob {
    pub(crate) user: UserId,
    pub(crate) weight: i32,
    pub(crate) priority: i32,
    pub(crate) seq: i64,
}

/// The expected order of claims at one moment. Limits of running jobs are left out of it.
#[derive(Clone, Debug, Default)]
pub struct ExpectedOrder {
    /// Each account's jobs in the order of their claims, with their places over all accounts.
    accounts: HashMap<UserId, Vec<(Rank, usize)>>,
    jobs: usize,
    /// Jobs of one account that were read, at most.
    account_jobs_max: usize,
}

/// A job's rank within its account.
type Rank = (Reverse<i32>, i64);

impl ExpectedOrder {
    /// How many jobs are expected to be claimed up to the account's job with this priority and
    /// creation order, itself included. A job that came later than this order was made gets the
    /// place that it takes from others of its account, or the one behind them. `None` of a job that
    /// is too far behind to be counted.
    #[must_use]
    pub fn position(&self, user: &UserId, priority: i32, seq: i64) -> Option<usize> {
        let Some(own) = self.accounts.get(user) else {
            // Every other account is served once before a new one, at most.
            return Some(self.accounts.len() + 1);
        };
        let rank = (Reverse(priority), seq);
        let ahead = own.partition_point(|(other, _)| *other < rank);
        match own.get(ahead) {
            Some((_, place)) => Some(*place),
            None if own.len() >= self.account_jobs_max => None,
            None => Some(self.behind(own)),
        }
    }

    /// The place after the account's last job: its last distance once more.
    fn behind(&self, own: &[(Rank, usize)]) -> usize {
        let distance = match own {
            [.., (_, one), (_, last)] => last - one,
            _ => self.accounts.len(),
        };
        let last = own.last().map_or(0, |(_, place)| *place);
        (last + distance).min(self.jobs + 1)
    }
}

impl Shares {
    /// The order in which these jobs are expected to be claimed. Each account's stand in their order;
    /// they share `jobs_max` places.
    pub(crate) fn expected_order(&self, jobs: Vec<WaitingJob>, jobs_max: usize) -> ExpectedOrder {
        let total = jobs.len();
        let mut accounts: HashMap<UserId, Queue> = HashMap::new();
        for job in jobs {
            let own = accounts.entry(job.user).or_insert_with(|| Queue::new(job.weight));
            own.oldest = own.oldest.min(job.seq);
            own.jobs.push(((Reverse(job.priority), job.seq), 0));
        }
        let state = self.state();
        for (user, own) in &mut accounts {
            let Some(known) = state.accounts.get(user) else {
                own.pass = state.virtual_time;
                continue;
            };
            if known.waiting {
                own.pass = known.pass.max(known.floor(state.virtual_time));
                own.arrival = known.arrival;
            } else {
                own.pass = known.pass.max(state.virtual_time);
            }
        }
        drop(state);
        let mut queues: Vec<(UserId, Queue)> = accounts.into_iter().collect();
        give_places(&mut queues);
        let account_jobs_max = (jobs_max / queues.len().max(1)).max(1);
        let accounts = queues.into_iter().map(|(user, own)| (user, own.jobs)).collect();
        ExpectedOrder { accounts, jobs: total, account_jobs_max }
    }
}

/// The waiting jobs of an account and what decides when it is served.
struct Queue {
    jobs: Vec<(Rank, usize)>,
    pass: u64,
    stride: u64,
    arrival: u64,
    /// Decides between accounts of which nothing else is known.
    oldest: i64,
}

impl Queue {
    fn new(weight: i32) -> Self {
        let stride = STRIDE / u64::try_from(weight).unwrap_or(1).clamp(1, STRIDE);
        Self { jobs: Vec::new(), pass: 0, stride, arrival: u64::MAX, oldest: i64::MAX }
    }
}

fn give_places(queues: &mut [(UserId, Queue)]) {
    let first = |(index, (_, own)): (usize, &(UserId, Queue))| {
        Reverse((own.pass, own.arrival, own.oldest, index, 0))
    };
    let mut turns: BinaryHeap<_> = queues.iter().enumerate().map(first).collect();
    let mut place = 0;
    while let Some(Reverse((pass, arrival, oldest, index, job))) = turns.pop() {
        let own = &mut queues[index].1;
        place += 1;
        own.jobs[job].1 = place;
        if job + 1 < own.jobs.len() {
            turns.push(Reverse((pass + own.stride, arrival, oldest, index, job + 1)));
        }
    }
}
