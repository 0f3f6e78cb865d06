-- Written by dev/supabase-migrations from store/migrations/postgres/0015_write_checks.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 15) then
        return;
    end if;
    execute $step$
-- Written by those who want to know whether anything can be written.

create table docket.write_checks (
    id integer primary key check (id = 1),
    at timestamptz not null
);
$step$;
    insert into docket.schema_migrations (version, name) values (15, 'write_checks');
end
$migration$;
