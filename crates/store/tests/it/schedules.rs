//! Random schedules of everything that can happen, against the reference model: after every step
//! the whole visible state must be the model's.

use std::time::Duration;

use docket_contract::job::{PageCounts, Stage};
use docket_contract::state::JobState;
use docket_contract::{BlobKey, JobId, UserId, WorkerId};
use docket_store::{
    AccountLimits, CancelOutcome, ChargeOutcome, Claim, DeleteOutcome, FetchedDocument, Inserted,
    JobQuery, NewJob, ProgressOutcome, ProgressUpdate, Rerun, RerunOutcome, SettleOutcome,
    Settlement, SupplyOutcome,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::fixture::{
    DEADLINE, Fixture, LEASE, failure, new_awaiting_job, new_job, new_job_by_url, pages, query,
    rerun_of, retry_policy, supplied, tokens, worker_lost,
};
use crate::model::{Admission, End, Model, ModelAccount};

const SCHEDULES: u32 = 24;
const STEPS: std::ops::Range<usize> = 10..80;
const ACCOUNTS: [(&str, i64, Option<i32>); 2] = [("frugal", 12, None), ("hasty", 40, Some(3))];

#[derive(Clone, Debug)]
enum Step {
    Insert {
        account: usize,
        credits: i64,
        priority: i32,
        kind: u8,
    },
    Claim {
        worker: usize,
        limit: usize,
    },
    Heartbeat {
        worker: usize,
    },
    Progress {
        claim: usize,
        stage: Stage,
        done: i32,
        failed: i32,
        fetched: bool,
    },
    /// With the newest claims or with old ones, whose jobs have long moved on.
    Settle {
        claim: usize,
        end: u8,
    },
    Charge {
        claim: usize,
        credits: i64,
    },
    Supply {
        job: usize,
    },
    Cancel {
        job: usize,
        by_owner: bool,
        waiting_only: bool,
    },
    Rerun {
        job: usize,
        credits: i64,
        by_owner: bool,
        outdated: bool,
    },
    Delete {
        job: usize,
        by_owner: bool,
    },
    Advance(Duration),
    Sweep,
    Expire {
        limit: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let stage = prop_oneof![Just(Stage::Fetching), Just(Stage::Reading), Just(Stage::Assembling)];
    let ms = |ms| Just(Step::Advance(Duration::from_millis(ms)));
    let day = 24 * 3600 * 1000;
    prop_oneof![
        6 => (0..2_usize, 0..6_i64, -1..2, 0..8_u8)
            .prop_map(|(account, credits, priority, kind)| Step::Insert {
                account, credits, priority, kind
            }),
        6 => (0..3_usize, 1..4_usize).prop_map(|(worker, limit)| Step::Claim { worker, limit }),
        2 => (0..3_usize).prop_map(|worker| Step::Heartbeat { worker }),
        4 => (any::<usize>(), stage, 0..4, 0..3, any::<bool>())
            .prop_map(|(claim, stage, done, failed, fetched)| Step::Progress {
                claim, stage, done, failed, fetched
            }),
        6 => (any::<usize>(), 0..6_u8).prop_map(|(claim, end)| Step::Settle { claim, end }),
        2 => (any::<usize>(), 0..8_i64)
            .prop_map(|(claim, credits)| Step::Charge { claim, credits }),
        2 => any::<usize>().prop_map(|job| Step::Supply { job }),
        2 => (any::<usize>(), any::<bool>(), any::<bool>())
            .prop_map(|(job, by_owner, waiting_only)| Step::Cancel { job, by_owner, waiting_only }),
        2 => (any::<usize>(), 0..6_i64, 0..4_u8).prop_map(|(job, credits, whim)| Step::Rerun {
            job, credits, by_owner: whim != 0, outdated: whim == 1
        }),
        1 => (any::<usize>(), any::<bool>())
            .prop_map(|(job, by_owner)| Step::Delete { job, by_owner }),
        4 => prop_oneof![
            6 => ms(1), 4 => ms(1_000), 4 => ms(5_000), 4 => ms(10_000), 2 => ms(60_000),
            1 => ms(1_800_000), 2 => ms(31 * day),
        ],
        3 => Just(Step::Sweep),
        2 => (1..4_usize).prop_map(|limit| Step::Expire { limit }),
    ]
}

pub(crate) async fn random_schedules_agree_with_the_model(f: Fixture) {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let config = Config { cases: SCHEDULES, failure_persistence: None, ..Config::default() };
        let schedules = proptest::collection::vec(step(), STEPS);
        let outcome = TestRunner::new(config)
            .run(&schedules, |steps| runtime.block_on(run_schedule(f.another(), steps)));
        if let Err(error) = outcome {
            panic!("{error}");
        }
    });
}

async fn run_schedule(
    fixture: impl Future<Output = Fixture>,
    steps: Vec<Step>,
) -> Result<(), TestCaseError> {
    let mut schedule = Schedule::start(fixture.await).await;
    for step in steps {
        schedule.take(step).await?;
        schedule.compare().await?;
    }
    schedule.compare_histories().await?;
    schedule.f.store.close().await;
    Ok(())
}

/// A store, its model, and the claims that were handed out and not yet consumed, held or lost.
struct Schedule {
    f: Fixture,
    model: Model,
    workers: [WorkerId; 3],
    claims: Vec<Claim>,
}

impl Schedule {
    async fn start(f: Fixture) -> Self {
        let mut accounts = Vec::new();
        for (name, credits, submits_per_minute) in ACCOUNTS {
            let user = UserId(name.to_owned());
            let limits = AccountLimits { credits: Some(credits), submits_per_minute };
            f.store.ensure_account(&user, limits).await.unwrap();
            accounts.push(ModelAccount {
                user,
                credits_limit: credits,
                submits_per_minute: submits_per_minute.map(|n| usize::try_from(n).unwrap()),
                cycle_started_at: f.now(),
            });
        }
        let model = Model { entries: Vec::new(), accounts, submits: Vec::new() };
        let workers = [WorkerId::new(), WorkerId::new(), WorkerId::new()];
        Self { f, model, workers, claims: Vec::new() }
    }

    async fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Insert { account, credits, priority, kind } => {
                self.insert(account, wish(account, credits, priority, kind)).await?;
            }
            Step::Claim { worker, limit } => self.claim(self.workers[worker], limit).await?,
            Step::Heartbeat { worker } => {
                let worker = self.workers[worker];
                let executions = tokens(&self.claims);
                let held = self.f.store.heartbeat(worker, &executions, LEASE).await;
                let mut held = held.unwrap();
                held.sort_unstable();
                prop_assert_eq!(held, self.model.heartbeat(worker, LEASE, self.f.now()));
            }
            Step::Progress { claim, stage, done, failed, fetched } => {
                let counts = PageCounts { failed, ..pages(4, done) };
                self.progress(claim, stage, counts, fetched).await?;
            }
            Step::Settle { claim, end } => self.settle(claim, end).await?,
            Step::Charge { claim, credits } => self.charge(claim, credits).await?,
            Step::Supply { job } => self.supply(job).await?,
            Step::Cancel { job, by_owner, waiting_only } => {
                self.cancel(job, by_owner, waiting_only).await?;
            }
            Step::Rerun { job, credits, by_owner, outdated } => {
                self.rerun(job, credits, by_owner, outdated).await?;
            }
            Step::Delete { job, by_owner } => self.delete(job, by_owner).await?,
            Step::Advance(by) => self.f.clock.advance(by),
            Step::Sweep => {
                let swept = self.f.store.sweep(&retry_policy()).await.unwrap();
                prop_assert_eq!(swept, self.model.sweep(&retry_policy(), self.f.now()));
            }
            Step::Expire { limit } => {
                let expired = self.f.store.delete_expired(limit).await.unwrap().jobs;
                prop_assert_eq!(expired, self.model.expire(limit, self.f.now()));
            }
        }
        Ok(())
    }

    async fn insert(&mut self, account: usize, wish: NewJob) -> Result<(), TestCaseError> {
        let now = self.f.now();
        let expected = self.model.admit(account, wish.credits, wish.credits_needed(), now);
        let outcome = match self.f.store.insert_job(wish.clone()).await.unwrap() {
            Inserted::Job { job, balance } => {
                let last = self.model.entries.last().map_or(0, |entry| entry.job.seq);
                prop_assert!(job.seq > last);
                self.model.insert(account, wish, job.seq, now);
                Admission::Accepted(balance)
            }
            Inserted::QuotaExceeded(balance) => Admission::QuotaExceeded(balance),
            Inserted::RateLimited { retry_after_s } => Admission::RateLimited(retry_after_s),
            repeated => panic!("{repeated:?}"),
        };
        prop_assert_eq!(outcome, expected);
        Ok(())
    }

    async fn claim(&mut self, worker: WorkerId, limit: usize) -> Result<(), TestCaseError> {
        let now = self.f.now();
        let claims = self.f.store.claim(worker, limit, LEASE, DEADLINE).await.unwrap();
        self.compare_claims(&claims, limit)?;
        for claim in claims {
            let fresh = self.claims.iter().all(|held| held.token() != claim.token());
            prop_assert!(fresh, "a token was used twice");
            let handed = (worker, claim.token());
            let job = self.model.claim(claim.job().id, handed, (LEASE, DEADLINE), now);
            prop_assert_eq!(claim.job(), job);
            self.claims.push(claim);
        }
        Ok(())
    }

    /// As many as there are, and each account's in its order; whose turn it is the model leaves open.
    fn compare_claims(&self, claims: &[Claim], limit: usize) -> Result<(), TestCaseError> {
        let mut ready = 0;
        for account in &self.model.accounts {
            let own = claims.iter().filter(|claim| claim.job().user_id == account.user);
            let ids: Vec<JobId> = own.map(|claim| claim.job().id).collect();
            let wanted = self.model.ready(&account.user, self.f.now());
            ready += wanted.len();
            prop_assert_eq!(&ids[..], &wanted[..ids.len().min(wanted.len())]);
        }
        prop_assert_eq!(claims.len(), ready.min(limit));
        Ok(())
    }

    async fn progress(
        &mut self,
        claim: usize,
        stage: Stage,
        pages: PageCounts,
        fetched: bool,
    ) -> Result<(), TestCaseError> {
        let Some(idx) = pick(claim, self.claims.len()) else { return Ok(()) };
        let claim = &self.claims[idx];
        let document = fetched.then(|| FetchedDocument {
            sha256: "ef".repeat(32),
            size_bytes: 99,
            media_type: "image/png".to_owned(),
            blob_key: BlobKey::from_stored(format!("uploads/{}", claim.job().id)),
        });
        let update = ProgressUpdate { stage, pages, document };
        let outcome = self.f.store.progress(claim, update.clone()).await.unwrap();
        let expected = if self.model.is_held(claim.job().id, claim.token()) {
            self.model.progress(claim.job().id, &update, self.f.now());
            ProgressOutcome::Written
        } else {
            ProgressOutcome::ClaimLost
        };
        prop_assert_eq!(outcome, expected);
        Ok(())
    }

    async fn settle(&mut self, claim: usize, end: u8) -> Result<(), TestCaseError> {
        let Some(idx) = pick(claim, self.claims.len()) else { return Ok(()) };
        let claim = self.claims.remove(idx);
        let (id, token) = (claim.job().id, claim.token());
        let (settlement, end) = ending(end);
        let held = self.model.is_held(id, token);
        match self.f.store.settle(claim, settlement).await.unwrap() {
            SettleOutcome::Settled(job) => {
                prop_assert!(held, "a lost claim was settled");
                self.model.settle(id, end, self.f.now());
                prop_assert_eq!(Some(&job), self.model_job(id));
            }
            SettleOutcome::ClaimLost => prop_assert!(!held, "a held claim was refused"),
        }
        Ok(())
    }

    async fn charge(&mut self, claim: usize, credits: i64) -> Result<(), TestCaseError> {
        let Some(idx) = pick(claim, self.claims.len()) else { return Ok(()) };
        let (id, token) = (self.claims[idx].job().id, self.claims[idx].token());
        let expected = if self.model.is_held(id, token) {
            let account = self.account_of(&self.claims[idx].job().user_id);
            self.model.charge_late(account, id, credits, self.f.now())
        } else {
            ChargeOutcome::ClaimLost
        };
        let outcome = self.f.store.charge(&self.claims[idx], credits).await.unwrap();
        prop_assert_eq!(outcome, expected);
        Ok(())
    }

    async fn supply(&mut self, job: usize) -> Result<(), TestCaseError> {
        let Some((id, _)) = self.pick_job(job, true) else { return Ok(()) };
        let supplied = supplied();
        let outcome = self.f.store.supply_document(id, supplied.clone()).await.unwrap();
        let expected = if self.model.supply(id, &supplied, self.f.now()) {
            SupplyOutcome::Queued(self.model_job(id).unwrap().clone())
        } else {
            SupplyOutcome::NotAwaited
        };
        prop_assert_eq!(outcome, expected);
        Ok(())
    }

    async fn cancel(
        &mut self,
        job: usize,
        by_owner: bool,
        waiting_only: bool,
    ) -> Result<(), TestCaseError> {
        let Some((id, user)) = self.pick_job(job, by_owner) else { return Ok(()) };
        let (store, now) = (&self.f.store, self.f.now());
        let known = by_owner && self.model_job(id).is_some();
        let (cancels, outcome) = if waiting_only {
            let outcome = store.cancel_waiting_job(&user, id).await.unwrap();
            (known && self.model.cancel_waiting(id, now), outcome)
        } else {
            let outcome = store.cancel_job(&user, id).await.unwrap();
            (known && self.model.cancel(id, now), outcome)
        };
        let expected = match (known, self.model_job(id).cloned()) {
            (true, Some(job)) if cancels => CancelOutcome::Cancelled(job),
            (true, Some(job)) if job.state.is_terminal() => CancelOutcome::AlreadyEnded(job),
            (true, Some(job)) => CancelOutcome::AlreadyStarted(job),
            _ => CancelOutcome::NotFound,
        };
        prop_assert_eq!(outcome, expected);
        Ok(())
    }

    async fn rerun(
        &mut self,
        job: usize,
        credits: i64,
        by_owner: bool,
        outdated: bool,
    ) -> Result<(), TestCaseError> {
        let Some((id, user)) = self.pick_job(job, by_owner) else { return Ok(()) };
        let before = self.model_job(id).cloned().filter(|_| by_owner);
        let version = before.as_ref().map_or(1, |job| job.version) - i64::from(outdated);
        let entry = self.model.entries.iter().find(|entry| entry.job.id == id).unwrap();
        let rerun = Rerun { credits, version, ..rerun_of(&entry.job) };
        let outcome = self.f.store.rerun_job(&user, rerun.clone()).await.unwrap();
        let (account, now) = (self.account_of(&user), self.f.now());
        let expected = match before {
            None => RerunOutcome::NotFound,
            Some(job) if outdated || !self.model.is_rerunnable(id) => {
                RerunOutcome::NotRerunnable(job)
            }
            Some(_) => match self.model.admit(account, credits, credits, now) {
                Admission::Accepted(balance) => {
                    self.model.rerun(account, rerun, now);
                    RerunOutcome::Queued { job: self.model_job(id).unwrap().clone(), balance }
                }
                Admission::QuotaExceeded(balance) => RerunOutcome::QuotaExceeded(balance),
                Admission::RateLimited(retry_after_s) => {
                    RerunOutcome::RateLimited { retry_after_s }
                }
            },
        };
        prop_assert_eq!(outcome, expected);
        Ok(())
    }

    fn account_of(&self, user: &UserId) -> usize {
        self.model.accounts.iter().position(|account| account.user == *user).unwrap()
    }

    async fn delete(&mut self, job: usize, by_owner: bool) -> Result<(), TestCaseError> {
        let Some((id, user)) = self.pick_job(job, by_owner) else { return Ok(()) };
        let before = self.model_job(id).cloned();
        let expected = match before {
            Some(job) if by_owner && self.model.delete(id) => DeleteOutcome::Deleted(job),
            Some(_) if by_owner => DeleteOutcome::NotEnded,
            _ => DeleteOutcome::NotFound,
        };
        prop_assert_eq!(self.f.store.delete_job(&user, id).await.unwrap(), expected);
        Ok(())
    }

    fn pick_job(&self, job: usize, by_owner: bool) -> Option<(JobId, UserId)> {
        let entry = &self.model.entries[pick(job, self.model.entries.len())?];
        let owner = entry.job.user_id.clone();
        let stranger = self.model.accounts.iter().find(|account| account.user != owner)?;
        Some((entry.job.id, if by_owner { owner } else { stranger.user.clone() }))
    }

    fn model_job(&self, id: JobId) -> Option<&docket_contract::Job> {
        let entry = self.model.entries.iter().find(|entry| entry.job.id == id)?;
        (!entry.deleted).then_some(&entry.job)
    }

    /// What lists, balances, depth and the number of events show is the model's.
    async fn compare(&self) -> Result<(), TestCaseError> {
        let store = &self.f.store;
        prop_assert_eq!(store.queue_depth().await.unwrap(), self.model.depth());
        let live = self.model.entries.iter().filter(|entry| !entry.deleted);
        let events: usize = live.map(|entry| entry.events.len()).sum();
        let stored = "select count(*) from {job_events} where status <> 'deleted'";
        let stored = self.f.number(stored).await;
        prop_assert_eq!(usize::try_from(stored).unwrap(), events);
        for (idx, account) in self.model.accounts.iter().enumerate() {
            self.compare_account(idx, &account.user).await?;
        }
        self.compare_leases().await?;
        self.compare_ledger().await
    }

    /// There is exactly one lease for each job that is held, with the holder's token and end.
    async fn compare_leases(&self) -> Result<(), TestCaseError> {
        let mut stored = self.f.leases().await;
        stored.sort_unstable();
        prop_assert_eq!(stored, self.model.leases());
        Ok(())
    }

    /// The ledger has against each job what the model has, over all of its runs and cycles.
    async fn compare_ledger(&self) -> Result<(), TestCaseError> {
        let mut stored = self.f.charged().await;
        stored.sort_unstable();
        prop_assert_eq!(stored, self.model.charged());
        Ok(())
    }

    async fn compare_account(&self, idx: usize, user: &UserId) -> Result<(), TestCaseError> {
        let store = &self.f.store;
        let balance = self.model.balance(idx, self.f.now());
        prop_assert_eq!(store.balance(user).await.unwrap(), balance);
        let used = format!("select credits_used from {{accounts}} where user_id = '{user}'");
        prop_assert_eq!(self.f.ledger_sum(user).await, self.f.number(&used).await);
        let wanted = JobQuery { user_id: user.clone(), ..query() };
        let listed = store.list_jobs(wanted).await.unwrap().jobs;
        let live = self.model.entries.iter().rev().filter(|entry| !entry.deleted);
        let jobs = live.map(|entry| &entry.job).filter(|job| job.user_id == *user);
        prop_assert_eq!(listed.iter().collect::<Vec<_>>(), jobs.collect::<Vec<_>>());
        Ok(())
    }

    /// Each job and its whole history is the model's.
    async fn compare_histories(&self) -> Result<(), TestCaseError> {
        for entry in &self.model.entries {
            let id = entry.job.id;
            let found = self.f.store.find_job(id).await.unwrap();
            prop_assert_eq!(found.as_ref(), (!entry.deleted).then_some(&entry.job));
            let events = self.f.store.list_events(id).await.unwrap();
            let seen: Vec<_> =
                events.iter().map(|e| (e.version, e.state, e.pages_done, e.at)).collect();
            prop_assert_eq!(&seen, if entry.deleted { &[][..] } else { &entry.events[..] });
            // What clients rely on, whatever the model says.
            prop_assert!(seen.is_sorted_by(|a, b| a.0 < b.0 && a.3 < b.3));
            let after_end = seen.windows(2).filter(|pair| pair[0].1.is_terminal());
            let reruns = after_end.into_iter().all(|pair| pair[1].1 == JobState::Queued);
            prop_assert!(reruns, "it went on after its end");
        }
        Ok(())
    }
}

/// Any number as an index below `len`, the last ones most often.
fn pick(any: usize, len: usize) -> Option<usize> {
    let depth = if any.is_multiple_of(3) { len } else { len.min(2) };
    len.checked_sub(1 + (any / 3).checked_rem(depth)?)
}

fn wish(account: usize, credits: i64, priority: i32, kind: u8) -> NewJob {
    let mut job = match kind {
        0 | 4 => {
            let minute = Duration::from_secs(60);
            NewJob { upload_window: Some(minute), ..new_awaiting_job() }
        }
        1 | 2 => new_job_by_url(),
        _ => new_job(),
    };
    job.document.password = (kind > 4).then(|| "open sesame".to_owned());
    NewJob { user_id: UserId(ACCOUNTS[account].0.to_owned()), credits, priority, ..job }
}

fn ending(end: u8) -> (Settlement, End) {
    let delay = Duration::from_millis(1_500);
    match end {
        0 | 1 => {
            let (key, counts) = (BlobKey::result(), PageCounts { failed: 1, ..pages(4, 3) });
            (Settlement::succeeded(key.clone(), counts), End::Succeed(key, counts))
        }
        2 => (Settlement::failed(failure()), End::Fail(failure())),
        3 => (Settlement::retry(delay), End::Retry(delay)),
        4 => (
            Settlement::worker_lost(delay, 2, worker_lost()),
            End::LoseWorker { delay, losses_max: 2, failure: worker_lost() },
        ),
        _ => (Settlement::released(), End::Release),
    }
}
