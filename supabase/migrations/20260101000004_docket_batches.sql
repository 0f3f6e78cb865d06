-- Written by dev/supabase-migrations from store/migrations/postgres/0004_batches.sql. Docket's schema has one history, the
-- table docket.schema_migrations: whoever comes first, this file or `docket migrate`, applies a
-- step, and the other finds it done.
do $migration$
begin
    perform pg_advisory_xact_lock(hashtextextended('docket.schema_migrations', 0));
    create schema if not exists docket;
    create table if not exists docket.schema_migrations (
        version    bigint primary key,
        name       text not null,
        applied_at timestamptz not null default clock_timestamp()
    );
    if exists (select from docket.schema_migrations where version = 4) then
        return;
    end if;
    execute $step$
-- Batches: jobs that were submitted with one request. A batch counts the jobs that it was made
-- with; they may be deleted later.

create table docket.batches (
    id         uuid primary key,
    user_id    text not null references docket.accounts (user_id),
    total_jobs bigint not null check (total_jobs >= 0),
    created_at timestamptz not null
);

alter table docket.jobs add column batch_id uuid references docket.batches (id);

create index jobs_batch on docket.jobs (batch_id, seq) where batch_id is not null;

-- Ended jobs, by the end of their retention.
create index jobs_expiry on docket.jobs (expires_at, seq) where finished_at is not null;
$step$;
    insert into docket.schema_migrations (version, name) values (4, 'batches');
end
$migration$;
