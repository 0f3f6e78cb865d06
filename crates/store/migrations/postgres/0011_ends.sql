-- What every end of a run leaves behind, as triggers. Each statement of a trigger sees what was
-- committed before it began, and the job's row is locked by then: a charge or a lease that was
-- committed while the update waited for the row is seen. The update itself would not see it.

-- Gives back what the ledger has against a job since an instant. A charge of a former cycle is
-- taken back in that cycle and leaves the present balance alone.
create function docket.refund(job uuid, owner text, since timestamptz, refunded_at timestamptz)
returns void language plpgsql as $$
begin
    with owed as materialized (
        select cycle_started_at, sum(credits)::bigint as credits
        from docket.usage where job_id = job and at >= since
        group by cycle_started_at having sum(credits) > 0),
    refunded as (
        insert into docket.usage (user_id, job_id, kind, credits, cycle_started_at, at)
        select owner, job, 'refund', -credits, cycle_started_at, refunded_at from owed)
    update docket.accounts a set credits_used = greatest(0, a.credits_used - owed.credits)
    from owed where a.user_id = owner and a.cycle_started_at = owed.cycle_started_at;
end
$$;

create function docket.refund_ended_job() returns trigger language plpgsql as $$
begin
    perform docket.refund(new.id, new.user_id, coalesce(new.rerun_at, new.created_at),
        new.updated_at);
    return null;
end
$$;

create trigger jobs_end_refund after update on docket.jobs
    for each row when (old.finished_at is null and new.status in ('failed', 'cancelled')
        and old.credits > 0)
    execute function docket.refund_ended_job();

create function docket.end_lease() returns trigger language plpgsql as $$
begin
    delete from docket.job_leases where job_id = new.id;
    return null;
end
$$;

-- Not for successes: whoever writes one has the claim, so its lease was there before the statement
-- began, and many are deleted at once.
create trigger jobs_end_lease after update on docket.jobs
    for each row when (old.status = 'processing'
        and new.status in ('queued', 'failed', 'cancelled'))
    execute function docket.end_lease();

-- What earlier versions left.
delete from docket.job_leases l where not exists (
    select from docket.jobs j where j.id = l.job_id and j.status = 'processing');

select docket.refund(j.id, j.user_id, coalesce(j.rerun_at, j.created_at), j.updated_at)
from docket.jobs j
where j.status in ('failed', 'cancelled') and 0 < (
    select sum(u.credits) from docket.usage u
    where u.job_id = j.id and u.at >= coalesce(j.rerun_at, j.created_at));
