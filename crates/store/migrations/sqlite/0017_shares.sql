-- Accounts share the slots: a weight and a limit of running jobs for each, and an index in which
-- every account's ready jobs stand by themselves.

alter table accounts add column weight integer not null default 1
    check (weight between 1 and 1000);
alter table accounts add column running_max integer check (running_max >= 1);

-- A job that waits for its next attempt. A claim that finds it due clears the mark; until then it
-- is in no index that claims read.
alter table jobs add column delayed integer not null default 0 check (delayed in (0, 1));

create index jobs_waiting on jobs (user_id, priority desc, seq)
    where status = 'queued' and delayed = 0;
create index jobs_delayed on jobs (run_at) where status = 'queued' and delayed = 1;
drop index jobs_ready;

-- Whose job runs, and since when. Null where an older version claimed it.
alter table job_leases add column user_id text;
alter table job_leases add column claimed_at integer;

update job_leases set user_id = (select user_id from jobs where jobs.id = job_id);

create index job_leases_account on job_leases (user_id);
