-- Written by dev/supabase-migrations from store/migrations/postgres/0012_job_specs.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 12) then
        return;
    end if;
    execute $step$
-- What was asked for, beside the job: a specification can be large, and lists, transitions and
-- status reads have no use for it. Text, because the order of its keys is part of the answer. No
-- foreign key: it would lock the row of the job once more for every submit; the statements that
-- delete a job delete its specification.

create table docket.job_specs (
    job_id uuid primary key,
    spec   text not null
);

insert into docket.job_specs (job_id, spec) select id, spec from docket.jobs;

alter table docket.jobs drop column spec;
$step$;
    insert into docket.schema_migrations (version, name) values (12, 'job_specs');
end
$migration$;
