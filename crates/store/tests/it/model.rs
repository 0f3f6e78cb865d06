//! A small reference model of the store in plain memory, written from the interface's words.

use std::time::Duration;

use chrono::TimeDelta;
use docket_contract::job::{DocumentInfo, Failure, FailureCode, Job, PageCounts};
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use docket_contract::{BlobKey, ClaimToken, JobId, UserId, WorkerId};
use docket_store::{
    Balance, ChargeOutcome, NewJob, ProgressUpdate, QueueDepth, Rerun, RetryPolicy, Supplied, Swept,
};
use uuid::Uuid;

/// What is known of a job. Deleted jobs stay for their submit and charge.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) job: Job,
    pub(crate) deleted: bool,
    pub(crate) events: Vec<(i64, JobState, i32, Timestamp)>,
    held: Option<Held>,
    charges: Vec<Charge>,
}

/// What an account was charged for a job, and was not given back.
#[derive(Debug)]
struct Charge {
    credits: i64,
    cycle_started_at: Timestamp,
    /// Of a run that ended before the present one.
    former: bool,
}

#[derive(Debug)]
struct Held {
    token: ClaimToken,
    worker: WorkerId,
    until: Timestamp,
}

#[derive(Debug)]
pub(crate) struct ModelAccount {
    pub(crate) user: UserId,
    pub(crate) credits_limit: i64,
    pub(crate) submits_per_minute: Option<usize>,
    pub(crate) cycle_started_at: Timestamp,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) entries: Vec<Entry>,
    pub(crate) accounts: Vec<ModelAccount>,
    /// What the submit limit counts.
    pub(crate) submits: Vec<(UserId, Timestamp)>,
}

/// What a submit must answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Admission {
    Accepted(Balance),
    QuotaExceeded(Balance),
    RateLimited(u64),
}

/// How an execution is to end.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Succeed(BlobKey, PageCounts),
    Fail(Failure),
    Retry(Duration),
    LoseWorker { delay: Duration, losses_max: i32, failure: Failure },
    Release,
}

impl Entry {
    fn moved(&mut self, now: Timestamp, state: JobState) {
        let job = &mut self.job;
        job.state = state;
        job.version += 1;
        job.updated_at = now.max(job.updated_at + TimeDelta::milliseconds(1));
        if state != JobState::Processing {
            self.held = None;
        }
        if state.is_terminal() {
            job.finished_at = Some(job.updated_at);
            job.document.password = None;
        }
        self.events.push((job.version, state, job.pages.done, job.updated_at));
    }

    fn failed(&mut self, now: Timestamp, state: JobState, failure: Failure) {
        self.job.failure = Some(failure);
        self.job.credits = 0;
        self.charges.retain(|charge| charge.former);
        self.moved(now, state);
    }

    fn requeued(&mut self, now: Timestamp, delay: Duration) {
        self.job.run_at = now + delay;
        self.moved(now, JobState::Queued);
    }

    fn lost_worker(&mut self, now: Timestamp, delay: Duration, losses_max: i32, failure: Failure) {
        self.job.worker_losses += 1;
        if self.job.worker_losses >= losses_max {
            self.failed(now, JobState::Failed, failure);
        } else {
            self.requeued(now, delay);
        }
    }

    fn is_live(&self) -> bool {
        !self.deleted && !self.job.state.is_terminal()
    }
}

impl Model {
    pub(crate) fn balance(&self, account: usize, now: Timestamp) -> Balance {
        let account = &self.accounts[account];
        let mut cycle_started_at = account.cycle_started_at;
        while cycle_started_at + TimeDelta::days(30) <= now {
            cycle_started_at += TimeDelta::days(30);
        }
        let own = self.entries.iter().filter(|entry| entry.job.user_id == account.user);
        let charges = own.flat_map(|entry| &entry.charges);
        let current = charges.filter(|charge| charge.cycle_started_at == cycle_started_at);
        let used = current.map(|charge| charge.credits).sum();
        Balance { used, limit: account.credits_limit, cycle_started_at }
    }

    /// What a submit for so many credits must answer now, if so many must be left.
    pub(crate) fn admit(
        &self,
        account: usize,
        credits: i64,
        needed: i64,
        now: Timestamp,
    ) -> Admission {
        let mut balance = self.balance(account, now);
        if balance.remaining() < needed {
            return Admission::QuotaExceeded(balance);
        }
        let window = TimeDelta::seconds(60);
        let ModelAccount { user, submits_per_minute, .. } = &self.accounts[account];
        if let Some(submits_max) = *submits_per_minute {
            let own = self.submits.iter().filter(|(who, at)| who == user && *at > now - window);
            let mut submits: Vec<Timestamp> = own.map(|(_, at)| *at).collect();
            submits.sort_unstable_by(|a, b| b.cmp(a));
            if let Some(oldest) = submits.get(submits_max - 1) {
                let wait = (*oldest + window - now).num_milliseconds();
                let wait_s = u64::try_from(wait).unwrap().div_ceil(1000);
                return Admission::RateLimited(wait_s.max(1));
            }
        }
        balance.used += credits;
        Admission::Accepted(balance)
    }

    /// Charges the account in its present cycle.
    fn charge(&mut self, account: usize, credits: i64, now: Timestamp) -> Charge {
        let cycle_started_at = self.balance(account, now).cycle_started_at;
        self.accounts[account].cycle_started_at = cycle_started_at;
        Charge { credits, cycle_started_at, former: false }
    }

    /// Takes in an accepted job, as it must have been stored, with the `seq` that it was given.
    pub(crate) fn insert(&mut self, account: usize, wish: NewJob, seq: i64, now: Timestamp) {
        let charge = self.charge(account, wish.credits, now);
        self.submits.push((wish.user_id.clone(), now));
        let state = wish.state();
        let job = Job {
            id: wish.id,
            seq,
            user_id: wish.user_id,
            job_type: wish.spec.job_type(),
            state,
            document: wish.document,
            pages: wish.pages,
            stage: None,
            credits: wish.credits,
            priority: wish.priority,
            run_at: now,
            attempt: 0,
            worker_losses: 0,
            deadline_at: None,
            failure: None,
            result_key: None,
            version: 1,
            created_at: now,
            updated_at: now,
            started_at: None,
            finished_at: None,
            expires_at: Some(now + wish.retention),
            upload_until: wish.upload_window.map(|window| now + window),
        };
        self.entries.push(Entry {
            events: vec![(1, job.state, job.pages.done, now)],
            charges: vec![charge],
            job,
            deleted: false,
            held: None,
        });
    }

    /// Whether a document must be taken in; if so, it has been.
    pub(crate) fn supply(&mut self, id: JobId, supplied: &Supplied, now: Timestamp) -> bool {
        let entry = self.entry(id);
        let awaited = !entry.deleted
            && entry.job.state == JobState::AwaitingUpload
            && entry.job.upload_until.is_some_and(|at| at > now);
        if awaited {
            let document = &mut entry.job.document;
            document.sha256 = Some(supplied.document.sha256.clone());
            document.size_bytes = supplied.document.size_bytes;
            document.media_type.clone_from(&supplied.document.media_type);
            document.blob_key = Some(supplied.document.blob_key.clone());
            entry.job.pages.total = supplied.pages_total;
            entry.job.pages.selected = supplied.pages_selected;
            entry.requeued(now, Duration::ZERO);
        }
        awaited
    }

    /// What a charge up to so many credits must answer; it was charged if it is accepted.
    pub(crate) fn charge_late(
        &mut self,
        account: usize,
        id: JobId,
        credits: i64,
        now: Timestamp,
    ) -> ChargeOutcome {
        let missing = credits - self.entry(id).job.credits;
        if missing <= 0 {
            return ChargeOutcome::Charged;
        }
        let balance = self.balance(account, now);
        if balance.remaining() < missing {
            return ChargeOutcome::QuotaExceeded(balance);
        }
        let charge = self.charge(account, missing, now);
        let entry = self.entry(id);
        entry.charges.push(charge);
        entry.job.credits = credits;
        entry.moved(now, JobState::Processing);
        ChargeOutcome::Charged
    }

    /// Whether the job can run once more.
    pub(crate) fn is_rerunnable(&self, id: JobId) -> bool {
        let entry = self.entries.iter().find(|entry| entry.job.id == id);
        entry.is_some_and(|entry| {
            !entry.deleted && matches!(entry.job.state, JobState::Succeeded | JobState::Failed)
        })
    }

    /// Runs a job once more that was admitted.
    pub(crate) fn rerun(&mut self, account: usize, rerun: Rerun, now: Timestamp) {
        let charge = self.charge(account, rerun.credits, now);
        let entry = self.entry(rerun.id);
        entry.charges.iter_mut().for_each(|charge| charge.former = true);
        entry.charges.push(charge);
        let job = entry.job.clone();
        entry.job = Job {
            document: DocumentInfo { password: rerun.password, ..job.document },
            pages: PageCounts {
                total: job.pages.total,
                selected: rerun.pages_selected,
                ..PageCounts::default()
            },
            stage: None,
            credits: rerun.credits,
            attempt: 0,
            worker_losses: 0,
            deadline_at: None,
            failure: None,
            result_key: None,
            started_at: None,
            finished_at: None,
            expires_at: Some(now + rerun.retention),
            ..job
        };
        entry.requeued(now, Duration::ZERO);
        let submit = (entry.job.user_id.clone(), entry.job.updated_at);
        self.submits.push(submit);
    }

    /// The account's jobs that claims must hand out, in order.
    pub(crate) fn ready(&self, user: &UserId, now: Timestamp) -> Vec<JobId> {
        let mut ready: Vec<&Job> = self
            .entries
            .iter()
            .filter(|entry| !entry.deleted && entry.job.state == JobState::Queued)
            .map(|entry| &entry.job)
            .filter(|job| job.user_id == *user)
            .filter(|job| job.run_at <= now && job.deadline_at.is_none_or(|at| at > now))
            .collect();
        ready.sort_by_key(|job| (-job.priority, job.seq));
        ready.into_iter().map(|job| job.id).collect()
    }

    pub(crate) fn claim(
        &mut self,
        id: JobId,
        (worker, token): (WorkerId, ClaimToken),
        (lease, deadline): (Duration, Duration),
        now: Timestamp,
    ) -> &Job {
        let entry = self.entry(id);
        entry.job.attempt += 1;
        entry.job.deadline_at.get_or_insert(now + deadline);
        entry.moved(now, JobState::Processing);
        entry.job.started_at.get_or_insert(entry.job.updated_at);
        entry.held = Some(Held { token, worker, until: now + lease });
        &entry.job
    }

    /// The tokens that a heartbeat must answer, sorted.
    pub(crate) fn heartbeat(
        &mut self,
        worker: WorkerId,
        lease: Duration,
        now: Timestamp,
    ) -> Vec<ClaimToken> {
        let mut tokens = Vec::new();
        for held in self.entries.iter_mut().filter_map(|entry| entry.held.as_mut()) {
            if held.worker == worker {
                held.until = now + lease;
                tokens.push(held.token);
            }
        }
        tokens.sort_unstable();
        tokens
    }

    /// Of each job that is held: its id, its holder's token, and when the lease ends; sorted.
    pub(crate) fn leases(&self) -> Vec<(Uuid, Uuid, Timestamp)> {
        let held = self.entries.iter().filter_map(|entry| {
            let held = entry.held.as_ref()?;
            Some((entry.job.id.uuid(), held.token.uuid(), held.until))
        });
        let mut leases: Vec<_> = held.collect();
        leases.sort_unstable();
        leases
    }

    /// Of each job: what was charged for it and not given back; sorted. Deleted jobs stay in it.
    pub(crate) fn charged(&self) -> Vec<(Uuid, i64)> {
        let mut charged: Vec<(Uuid, i64)> = self
            .entries
            .iter()
            .map(|entry| {
                let credits = entry.charges.iter().map(|charge| charge.credits).sum();
                (entry.job.id.uuid(), credits)
            })
            .collect();
        charged.sort_unstable();
        charged
    }

    pub(crate) fn is_held(&self, id: JobId, token: ClaimToken) -> bool {
        let entry = self.entries.iter().find(|entry| entry.job.id == id);
        entry.and_then(|entry| entry.held.as_ref()).is_some_and(|held| held.token == token)
    }

    pub(crate) fn progress(&mut self, id: JobId, update: &ProgressUpdate, now: Timestamp) {
        let entry = self.entry(id);
        let before = entry.job.clone();
        let job = &mut entry.job;
        job.stage = job.stage.max(Some(update.stage));
        job.pages = PageCounts {
            total: job.pages.total.or(update.pages.total),
            selected: job.pages.selected.or(update.pages.selected),
            done: job.pages.done.max(update.pages.done),
            failed: job.pages.failed.max(update.pages.failed),
        };
        if let Some(document) = &update.document {
            job.document.sha256 = Some(document.sha256.clone());
            job.document.size_bytes = document.size_bytes;
            job.document.media_type.clone_from(&document.media_type);
            job.document.blob_key = Some(document.blob_key.clone());
        }
        if *job != before {
            entry.moved(now, JobState::Processing);
        }
    }

    pub(crate) fn settle(&mut self, id: JobId, end: End, now: Timestamp) {
        let entry = self.entry(id);
        match end {
            End::Succeed(key, pages) => {
                entry.job.result_key = Some(key);
                entry.job.pages = PageCounts {
                    total: entry.job.pages.total.or(pages.total),
                    selected: entry.job.pages.selected.or(pages.selected),
                    done: entry.job.pages.done.max(pages.done),
                    failed: pages.failed,
                };
                entry.moved(now, JobState::Succeeded);
            }
            End::Fail(failure) => entry.failed(now, JobState::Failed, failure),
            End::Retry(delay) => entry.requeued(now, delay),
            End::LoseWorker { delay, losses_max, failure } => {
                entry.lost_worker(now, delay, losses_max, failure);
            }
            End::Release => {
                entry.job.attempt -= 1;
                entry.requeued(now, Duration::ZERO);
            }
        }
    }

    /// Whether a cancel by the owner must succeed; if so, it has.
    pub(crate) fn cancel(&mut self, id: JobId, now: Timestamp) -> bool {
        let entry = self.entry(id);
        let live = entry.is_live();
        if live {
            let failure = Failure::new(FailureCode::Cancelled, "Job was cancelled");
            entry.failed(now, JobState::Cancelled, failure);
        }
        live
    }

    /// Whether a cancel of a waiting job by the owner must succeed; if so, it has.
    pub(crate) fn cancel_waiting(&mut self, id: JobId, now: Timestamp) -> bool {
        self.entry(id).job.started_at.is_none() && self.cancel(id, now)
    }

    /// Whether a delete by the owner must succeed; if so, it has.
    pub(crate) fn delete(&mut self, id: JobId) -> bool {
        let entry = self.entry(id);
        let ended = !entry.deleted && entry.job.state.is_terminal();
        entry.deleted |= ended;
        ended
    }

    pub(crate) fn sweep(&mut self, policy: &RetryPolicy, now: Timestamp) -> Swept {
        let mut swept = Swept::default();
        for entry in self.entries.iter_mut().filter(|entry| entry.is_live()) {
            if entry.job.deadline_at.is_some_and(|at| at <= now) {
                entry.failed(now, JobState::Failed, policy.deadline_exceeded.clone());
                swept.overdue += 1;
            } else if entry.held.as_ref().is_some_and(|held| held.until <= now) {
                let delay = policy.backoff_after(entry.job.worker_losses + 1);
                let lost = policy.worker_lost.clone();
                entry.lost_worker(now, delay, policy.worker_losses_max, lost);
                match entry.job.state {
                    JobState::Failed => swept.lost += 1,
                    _ => swept.requeued += 1,
                }
            } else if entry.job.state == JobState::AwaitingUpload
                && entry.job.upload_until.is_some_and(|at| at <= now)
            {
                entry.failed(now, JobState::Failed, policy.upload_expired.clone());
                swept.unsupplied += 1;
            }
        }
        swept
    }

    /// The jobs that an expiry must remove, in order; they are.
    pub(crate) fn expire(&mut self, limit: usize, now: Timestamp) -> Vec<Job> {
        let mut expired: Vec<&mut Entry> = self
            .entries
            .iter_mut()
            .filter(|entry| !entry.deleted && !entry.is_live())
            .filter(|entry| entry.job.expires_at.is_some_and(|at| at <= now))
            .collect();
        expired.sort_by_key(|entry| (entry.job.expires_at, entry.job.seq));
        let removed = expired.into_iter().take(limit).map(|entry| {
            entry.deleted = true;
            entry.job.clone()
        });
        removed.collect()
    }

    pub(crate) fn depth(&self) -> QueueDepth {
        let count = |state| {
            let found =
                self.entries.iter().filter(|entry| !entry.deleted && entry.job.state == state);
            i64::try_from(found.count()).unwrap()
        };
        QueueDepth { queued: count(JobState::Queued), processing: count(JobState::Processing) }
    }

    fn entry(&mut self, id: JobId) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.job.id == id).unwrap()
    }
}
