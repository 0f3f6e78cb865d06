-- Written by dev/supabase-migrations from store/migrations/postgres/0001_accounts.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 1) then
        return;
    end if;
    execute $step$
-- Accounts, their keys, and the ledger of their credits.

create table docket.accounts (
    user_id            text primary key,
    name               text not null default '',
    credits_limit      bigint not null default 1000000 check (credits_limit >= 0),
    credits_used       bigint not null default 0 check (credits_used >= 0),
    cycle_started_at   timestamptz not null,
    submits_per_minute integer check (submits_per_minute >= 0),
    created_at         timestamptz not null
) with (fillfactor = 50);

create table docket.api_keys (
    id         uuid primary key,
    sha256     bytea not null unique check (length(sha256) = 32),
    last_four  text not null,
    label      text not null,
    user_id    text not null references docket.accounts (user_id),
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);

-- One row per submit, also of a job that cost nothing: the submit limit counts them, and they stay
-- when a job is deleted. A row counts in the cycle in which its job was charged, a refund too.
create table docket.usage (
    id               bigint generated always as identity primary key,
    user_id          text not null references docket.accounts (user_id),
    job_id           uuid not null,
    kind             text not null check (kind in ('submit', 'charge', 'refund')),
    credits          bigint not null,
    cycle_started_at timestamptz not null,
    at               timestamptz not null,
    check ((kind = 'refund') = (credits < 0))
);

create index usage_submits on docket.usage (user_id, at) where kind = 'submit';
create index usage_job on docket.usage (job_id);
$step$;
    insert into docket.schema_migrations (version, name) values (1, 'accounts');
end
$migration$;
