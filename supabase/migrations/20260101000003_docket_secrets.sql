-- Written by dev/supabase-migrations from store/migrations/postgres/0003_secrets.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 3) then
        return;
    end if;
    execute $step$
-- Secrets of the installation, made once: all nodes of one database sign with the same.

create table docket.secrets (
    name       text primary key,
    secret     bytea not null check (octet_length(secret) = 32),
    created_at timestamptz not null
);
$step$;
    insert into docket.schema_migrations (version, name) values (3, 'secrets');
end
$migration$;
