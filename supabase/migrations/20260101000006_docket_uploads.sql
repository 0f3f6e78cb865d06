-- Written by dev/supabase-migrations from store/migrations/postgres/0006_uploads.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 6) then
        return;
    end if;
    execute $step$
-- Documents that are uploaded after the submit, and jobs that run once more.

alter table docket.jobs add column upload_until timestamptz;
alter table docket.jobs add check (upload_until is not null or status <> 'awaiting_upload');

-- What the ledger has against a job before this instant belongs to former runs.
alter table docket.jobs add column rerun_at timestamptz;

create index jobs_upload on docket.jobs (upload_until) where status = 'awaiting_upload';
$step$;
    insert into docket.schema_migrations (version, name) values (6, 'uploads');
end
$migration$;
