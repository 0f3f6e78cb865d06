-- Written by dev/supabase-migrations from store/migrations/postgres/0005_idempotency.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 5) then
        return;
    end if;
    execute $step$
-- What was answered to submits with an idempotency key. No foreign key to the job: a key whose job
-- is gone is unused.

create table docket.idempotency_keys (
    user_id          text not null references docket.accounts (user_id),
    scope            text not null,
    key              text not null,
    request_sha256   bytea not null check (octet_length(request_sha256) = 32),
    job_id           uuid not null,
    credits          bigint not null,
    balance_used     bigint not null,
    balance_limit    bigint not null,
    cycle_started_at timestamptz not null,
    created_at       timestamptz not null,
    primary key (user_id, scope, key)
);

create index idempotency_keys_age on docket.idempotency_keys (created_at);
$step$;
    insert into docket.schema_migrations (version, name) values (5, 'idempotency');
end
$migration$;
