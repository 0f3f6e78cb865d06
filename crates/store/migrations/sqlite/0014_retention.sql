-- What remains of the ledger's old rows: sums by account, month (UTC, as `2030-01`) and cycle of
-- credits, so that what a cycle was charged is still the sum over both tables.

create table usage_months (
    user_id          text not null references accounts (user_id),
    month            text not null,
    cycle_started_at integer not null,
    submits          integer not null check (submits >= 0),
    charged          integer not null check (charged >= 0),
    refunded         integer not null check (refunded >= 0),
    primary key (user_id, month, cycle_started_at)
) strict, without rowid;

create index usage_age on usage (at);

-- A batch goes with its last job.
create trigger jobs_gone_batches after delete on jobs when old.batch_id is not null
begin
    delete from batches
        where id = old.batch_id and not exists (select 1 from jobs where batch_id = old.batch_id);
end;

delete from batches
    where total_jobs > 0 and not exists (select 1 from jobs where batch_id = batches.id);
