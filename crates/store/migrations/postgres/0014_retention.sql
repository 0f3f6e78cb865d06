-- What remains of the ledger's old rows: sums by account, month (UTC) and cycle of credits, so that
-- what a cycle was charged is still the sum over both tables.

create table docket.usage_months (
    user_id          text not null references docket.accounts (user_id),
    month            date not null,
    cycle_started_at timestamptz not null,
    submits          bigint not null check (submits >= 0),
    charged          bigint not null check (charged >= 0),
    refunded         bigint not null check (refunded >= 0),
    primary key (user_id, month, cycle_started_at)
);

create index usage_age on docket.usage (at);

-- A batch goes with its last job. The batches are locked before they are looked at, in one order: of
-- two statements that each delete a part of a batch the second sees what the first one left.
create function docket.remove_empty_batches() returns trigger language plpgsql as $$
begin
    perform from docket.batches
        where id in (select batch_id from gone where batch_id is not null)
        order by id for update;
    delete from docket.batches b
        where b.id in (select batch_id from gone where batch_id is not null)
            and not exists (select from docket.jobs j where j.batch_id = b.id);
    return null;
end
$$;

create trigger jobs_gone_batches after delete on docket.jobs
    referencing old table as gone
    for each statement execute function docket.remove_empty_batches();

delete from docket.batches b
    where total_jobs > 0 and not exists (select from docket.jobs j where j.batch_id = b.id);
