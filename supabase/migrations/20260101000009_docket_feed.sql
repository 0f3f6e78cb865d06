-- Written by dev/supabase-migrations from store/migrations/postgres/0009_feed.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 9) then
        return;
    end if;
    execute $step$
-- The outbox as a feed: it says what clients see of a job that went back to the queue, and that a
-- job was deleted ('deleted', one version beyond its last).

alter table docket.job_events add column was_started boolean not null default false;

create index job_events_owner on docket.job_events (user_id, seq);
create index job_events_deleted on docket.job_events (at) where status = 'deleted';
$step$;
    insert into docket.schema_migrations (version, name) values (9, 'feed');
end
$migration$;
