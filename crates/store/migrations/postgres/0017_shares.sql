-- Accounts share the slots: a weight and a limit of running jobs for each, and an index in which
-- every account's ready jobs stand by themselves.

alter table docket.accounts
    add column weight integer not null default 1 check (weight between 1 and 1000),
    add column running_max integer check (running_max >= 1);

-- A job that waits for its next attempt. A claim that finds it due clears the mark; until then it
-- is in no index that claims read.
alter table docket.jobs add column delayed boolean not null default false;

create index jobs_waiting on docket.jobs (user_id, priority desc, seq)
    where status = 'queued' and not delayed;
create index jobs_delayed on docket.jobs (run_at) where status = 'queued' and delayed;
drop index docket.jobs_ready;

-- Whose job runs, and since when. Null where an older version claimed it.
alter table docket.job_leases
    add column user_id text,
    add column claimed_at timestamptz;

update docket.job_leases l set user_id = j.user_id from docket.jobs j where j.id = l.job_id;

create index job_leases_account on docket.job_leases (user_id);

-- How many more jobs of the account may run. Claims for an account take turns here until their
-- commit, and the count, a statement of its own, sees every lease that was written before.
create function docket.free_slots(account text, running_max integer) returns bigint
language plpgsql volatile set search_path = pg_catalog as $free$
begin
    perform pg_advisory_xact_lock(hashtextextended('docket.running.' || account, 0));
    return greatest(0, running_max
        - (select count(*) from docket.job_leases where user_id = account));
end
$free$;

revoke execute on function docket.free_slots(text, integer) from public;
