//! A small model of claim, heartbeat, charge, settle, cancel, rerun and sweep, for an exhaustive
//! search. Two workers claim; what they send may be lost, come late or come twice. Time passes in
//! two steps: leases run out, deadlines pass.

/// Claims of one job, at most, over all of its runs.
pub(crate) const CLAIMS_MAX: usize = 3;

/// The lost lease that fails a job.
pub(crate) const LOSSES_MAX: u8 = 2;

/// What a submit and a rerun cost, and what the job costs once its pages are known.
pub(crate) const CREDITS: [u8; 2] = [1, 3];

/// Guards of the protocol; a fault leaves one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// A settlement is guarded by state and attempt alone.
    NoTokenCheck,
    /// What takes a job from its execution leaves the lease.
    LeaseStays,
    /// What is charged late is not given back.
    LateChargeStays,
    /// A sweep does not look whether the job ended.
    SweepOfEnded,
    /// Nobody sweeps.
    NoSweep,
    /// A worker renews whatever it claimed, not only what it executes.
    RenewsWhatIsLost,
}

/// What the search covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) fault: Fault,
    pub(crate) jobs: usize,
    pub(crate) claims_max: usize,
    pub(crate) reruns_max: u8,
    /// A settlement may arrive more than once.
    pub(crate) duplicates: bool,
    pub(crate) ends: &'static [End],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    Queued,
    Processing,
    Succeeded,
    Failed,
    Cancelled,
}

/// How an execution ends its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Succeed,
    Fail,
    Retry,
    Release,
    LoseWorker,
}

/// An execution's right, as it was handed out; the claim at index i has the token i + 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Handed {
    pub(crate) worker: u8,
    pub(crate) attempt: u8,
    /// What the worker sent: it may arrive late and again.
    pub(crate) sent: Option<End>,
    /// The answer never reached the worker: nobody executes it.
    pub(crate) lost: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lease {
    pub(crate) token: u8,
    pub(crate) ran_out: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Job {
    pub(crate) phase: Phase,
    pub(crate) attempt: u8,
    pub(crate) losses: u8,
    /// The holder's token, 0 for none.
    pub(crate) token: u8,
    pub(crate) started: bool,
    overdue: bool,
    pub(crate) lease: Option<Lease>,
    pub(crate) credits: u8,
    /// What the ledger has against the present run, and against former ones.
    pub(crate) owed: u8,
    pub(crate) paid: u8,
    /// Results that were accepted in the present run.
    results: u8,
    reruns: u8,
    pub(crate) claims: Vec<Handed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) jobs: Vec<Job>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Claim {
        worker: u8,
    },
    Heartbeat {
        worker: u8,
    },
    /// The answer to the job's last claim does not arrive.
    LoseAnswer {
        job: usize,
    },
    /// A while in which all workers renew what they execute.
    Beat,
    LeasesRunOut,
    DeadlinesPass,
    Sweep,
    /// The settlement of a claim arrives.
    Settle {
        job: usize,
        token: u8,
        end: End,
    },
    Charge {
        job: usize,
        token: u8,
    },
    Cancel {
        job: usize,
    },
    Rerun {
        job: usize,
    },
}

impl Phase {
    pub(crate) fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

impl State {
    pub(crate) fn first(scope: &Scope) -> Self {
        let job = Job {
            phase: Phase::Queued,
            attempt: 0,
            losses: 0,
            token: 0,
            started: false,
            overdue: false,
            lease: None,
            credits: CREDITS[0],
            owed: CREDITS[0],
            paid: 0,
            results: 0,
            reruns: 0,
            claims: Vec::new(),
        };
        Self { jobs: vec![job; scope.jobs] }
    }

    /// Everything that can happen now.
    pub(crate) fn actions(&self, scope: &Scope) -> Vec<Action> {
        let mut actions = vec![Action::Beat, Action::LeasesRunOut, Action::DeadlinesPass];
        if scope.fault != Fault::NoSweep {
            actions.push(Action::Sweep);
        }
        for worker in 0..2 {
            actions.push(Action::Heartbeat { worker });
            if self
                .next_to_claim()
                .is_some_and(|job| self.jobs[job].claims.len() < scope.claims_max)
            {
                actions.push(Action::Claim { worker });
            }
        }
        for (job, state) in self.jobs.iter().enumerate() {
            if !state.phase.is_terminal() {
                actions.push(Action::Cancel { job });
            }
            if state.held().is_some_and(|held| held.sent.is_none() && !held.lost) {
                actions.push(Action::LoseAnswer { job });
            }
            let reruns = matches!(state.phase, Phase::Succeeded | Phase::Failed)
                && state.reruns < scope.reruns_max
                && state.claims.len() < scope.claims_max;
            if reruns {
                actions.push(Action::Rerun { job });
            }
            for (token, handed) in (1..).zip(&state.claims).filter(|(_, handed)| !handed.lost) {
                if handed.sent.is_none() || scope.duplicates {
                    actions.push(Action::Charge { job, token });
                }
                // A worker sends one settlement; it may come again.
                let ends = scope.ends.iter().filter(|end| match handed.sent {
                    None => true,
                    Some(sent) => scope.duplicates && sent == **end,
                });
                actions.extend(ends.map(|&end| Action::Settle { job, token, end }));
            }
        }
        actions
    }

    /// The job that a claim hands out.
    pub(crate) fn next_to_claim(&self) -> Option<usize> {
        self.jobs.iter().position(|job| job.phase == Phase::Queued && !job.overdue)
    }

    pub(crate) fn after(&self, action: Action, fault: Fault) -> Self {
        let mut next = self.clone();
        match action {
            Action::Claim { worker } => {
                if let Some(job) = self.next_to_claim() {
                    next.jobs[job].claim(worker);
                }
            }
            Action::LoseAnswer { job } => {
                let token = usize::from(self.jobs[job].token);
                next.jobs[job].claims[token - 1].lost = true;
            }
            Action::Heartbeat { worker } => {
                next.jobs.iter_mut().for_each(|job| job.renew(worker, fault));
            }
            Action::Beat => next.jobs.iter_mut().for_each(|job| {
                job.lease_runs_out();
                job.renew(0, fault);
                job.renew(1, fault);
            }),
            Action::LeasesRunOut => next.jobs.iter_mut().for_each(Job::lease_runs_out),
            Action::DeadlinesPass => next.jobs.iter_mut().for_each(|job| {
                job.lease_runs_out();
                job.overdue |= job.started && !job.phase.is_terminal();
            }),
            Action::Sweep => next.jobs.iter_mut().for_each(|job| job.sweep(fault)),
            Action::Settle { job, token, end } => next.jobs[job].settle(token, end, fault),
            Action::Charge { job, token } => next.jobs[job].charge(token),
            Action::Cancel { job } => next.jobs[job].end(Phase::Cancelled, fault),
            Action::Rerun { job } => next.jobs[job].rerun(),
        }
        next
    }
}

impl Job {
    fn claim(&mut self, worker: u8) {
        self.attempt += 1;
        self.claims.push(Handed { worker, attempt: self.attempt, sent: None, lost: false });
        self.token = u8::try_from(self.claims.len()).unwrap();
        self.phase = Phase::Processing;
        self.started = true;
        self.lease = Some(Lease { token: self.token, ran_out: false });
    }

    /// The claim that holds the job.
    pub(crate) fn held(&self) -> Option<Handed> {
        let idx = usize::from(self.token).checked_sub(1)?;
        Some(self.claims[idx])
    }

    fn renew(&mut self, worker: u8, fault: Fault) {
        let renews = self.held().is_some_and(|held| {
            held.worker == worker && (!held.lost || fault == Fault::RenewsWhatIsLost)
        });
        if let Some(lease) = self.lease.as_mut().filter(|_| renews) {
            lease.ran_out = false;
        }
    }

    /// Whether this execution holds the job, as the guard sees it.
    pub(crate) fn is_held_by(&self, token: u8, fault: Fault) -> bool {
        let handed = self.claims[usize::from(token) - 1];
        self.phase == Phase::Processing
            && self.attempt == handed.attempt
            && (self.token == token || fault == Fault::NoTokenCheck)
    }

    fn settle(&mut self, token: u8, end: End, fault: Fault) {
        let held = self.is_held_by(token, fault);
        self.claims[usize::from(token) - 1].sent = Some(end);
        if !held {
            return;
        }
        match end {
            End::Succeed => {
                self.results += 1;
                self.end(Phase::Succeeded, fault);
            }
            End::Fail => self.end(Phase::Failed, fault),
            End::Retry => self.requeue(fault),
            End::Release => {
                self.attempt -= 1;
                self.requeue(fault);
            }
            End::LoseWorker => self.lose_worker(fault),
        }
    }

    fn charge(&mut self, token: u8) {
        if self.is_held_by(token, Fault::None) && self.credits < CREDITS[1] {
            self.owed += CREDITS[1] - self.credits;
            self.credits = CREDITS[1];
        }
    }

    fn lease_runs_out(&mut self) {
        if let Some(lease) = &mut self.lease {
            lease.ran_out = true;
        }
    }

    fn sweep(&mut self, fault: Fault) {
        let ran_out = self.lease.is_some_and(|lease| lease.ran_out);
        if self.overdue && (!self.phase.is_terminal() || fault == Fault::SweepOfEnded) {
            self.end(Phase::Failed, fault);
        } else if self.phase == Phase::Processing && ran_out {
            self.lose_worker(fault);
        }
    }

    fn lose_worker(&mut self, fault: Fault) {
        self.losses += 1;
        if self.losses >= LOSSES_MAX {
            self.end(Phase::Failed, fault);
        } else {
            self.requeue(fault);
        }
    }

    fn requeue(&mut self, fault: Fault) {
        self.phase = Phase::Queued;
        self.leave(fault);
    }

    fn end(&mut self, phase: Phase, fault: Fault) {
        self.phase = phase;
        self.leave(fault);
        if phase != Phase::Succeeded {
            let stays = if fault == Fault::LateChargeStays { CREDITS[0] } else { self.credits };
            self.owed -= self.owed.min(stays);
            self.credits = 0;
        }
    }

    fn leave(&mut self, fault: Fault) {
        self.token = 0;
        if fault != Fault::LeaseStays {
            self.lease = None;
        }
    }

    fn rerun(&mut self) {
        let (paid, reruns) = (self.paid + self.owed, self.reruns + 1);
        let claims = std::mem::take(&mut self.claims);
        let scope = State::first(&Scope { jobs: 1, ..SMALL });
        let [fresh] = <[Self; 1]>::try_from(scope.jobs).unwrap();
        *self = Self { paid, reruns, claims, ..fresh };
    }

    /// What must be true of the job at all times; the name of what is not.
    pub(crate) fn wrong(&self) -> Option<&'static str> {
        let ended_badly = matches!(self.phase, Phase::Failed | Phase::Cancelled);
        if self.lease.is_some() != (self.phase == Phase::Processing) {
            return Some("there is a lease exactly while the job is processing");
        }
        if self.lease.is_some_and(|lease| lease.token != self.token) {
            return Some("the lease is the holder's");
        }
        if self.owed != self.credits || ended_badly && self.owed > 0 {
            return Some("credits are charged once, and given back exactly without a result");
        }
        if self.results > 1 || (self.results == 1) != (self.phase == Phase::Succeeded) {
            return Some("one result is accepted at most, and with it the job has succeeded");
        }
        None
    }

    /// What must be true of a step of this job; the name of what is not.
    pub(crate) fn wrong_step(
        &self,
        action: Action,
        next: &Self,
        idx: usize,
    ) -> Option<&'static str> {
        let reruns = action == Action::Rerun { job: idx };
        if self.phase.is_terminal() && self.phase != next.phase && !reruns {
            return Some("an ended job does not change, but by its owner's rerun");
        }
        if self.started && !next.started && !reruns {
            return Some("a started job is never shown as queued again");
        }
        match action {
            Action::Settle { job, token, .. }
                if job == idx && self.phase != next.phase && token != self.token =>
            {
                Some("only the holder settles")
            }
            _ => None,
        }
    }
}

/// One job, everything that can happen to it.
pub(crate) const SMALL: Scope = Scope {
    fault: Fault::None,
    jobs: 1,
    claims_max: CLAIMS_MAX,
    reruns_max: 1,
    duplicates: true,
    ends: &[End::Succeed, End::Fail, End::Retry, End::Release, End::LoseWorker],
};

/// Two jobs that share the workers, the sweep and the order of claims.
pub(crate) const PAIR: Scope = Scope {
    jobs: 2,
    claims_max: 2,
    reruns_max: 0,
    duplicates: false,
    ends: &[End::Succeed, End::Retry],
    ..SMALL
};
