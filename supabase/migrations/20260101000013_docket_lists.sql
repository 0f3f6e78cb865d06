-- Written by dev/supabase-migrations from store/migrations/postgres/0013_lists.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 13) then
        return;
    end if;
    execute $step$
-- Lists of an account's jobs by creation, and by type and the word that clients see: a filter that
-- few jobs meet reads only these. The expression stands word by word in the statement that lists.

drop index docket.jobs_owner;

create index jobs_owner on docket.jobs (user_id, created_at, seq);

create index jobs_listed on docket.jobs ((type || ' ' || (case when finished_at is null then
        case when started_at is null then 'queued' else 'processing' end
        when status = 'succeeded' then 'completed' else 'failed' end) || ' ' || user_id), created_at, seq);
$step$;
    insert into docket.schema_migrations (version, name) values (13, 'lists');
end
$migration$;
