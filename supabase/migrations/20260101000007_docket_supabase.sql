-- Written by dev/supabase-migrations from store/migrations/postgres/0007_supabase.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 7) then
        return;
    end if;
    execute $step$
-- Supabase: its clients read their own jobs as `public.jobs`, in the words of `GET /jobs/{id}`, and
-- subscribe to changes of `docket.jobs`. Where there is no Supabase, nothing is done; call the
-- function once its roles exist. It may be called again at any time.

create or replace function docket.open_to_supabase() returns void
language plpgsql set search_path = pg_catalog as $open$
declare
    -- What clients may see: no specification, no keys of blobs, no claim, no password.
    visible constant text := 'id, user_id, type, status, document_name, document_sha256, '
        'document_bytes, document_media_type, pages_total, pages_selected, pages_done, '
        'pages_failed, stage, error_code, error_message, version, '
        'created_at, updated_at, started_at, finished_at, expires_at';
    reader text;
begin
    if to_regrole('authenticated') is null then
        return;
    end if;

    -- The owner of the table, as whom Docket connects, is not held by the policy. Nobody but the
    -- listed roles has any right on the schema.
    foreach reader in array array['authenticated', 'service_role'] loop
        if to_regrole(reader) is not null then
            execute format('grant usage on schema docket to %I', reader);
            execute format('grant select (%s) on docket.jobs to %I', visible, reader);
        end if;
    end loop;
    if not exists (select from pg_policies
            where schemaname = 'docket' and tablename = 'jobs' and policyname = 'own_jobs') then
        alter table docket.jobs enable row level security;
        -- What `auth.uid()` reads, without a need for it: asked once per statement, not per row.
        create policy own_jobs on docket.jobs for select to authenticated using (
            user_id = (select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
        );
    end if;

    -- A table of that name which somebody else made stays as it is.
    if to_regclass('public.jobs') is null then
        create view public.jobs with (security_invoker = true) as
            select id,
                case
                    when status = 'succeeded' then 'COMPLETED'
                    when status in ('failed', 'cancelled') then 'FAILED'
                    -- A job that went back to the queue stays in work for those who watch it.
                    when status = 'processing' or started_at is not null then 'PROCESSING'
                    else 'queued'
                end as status,
                type,
                created_at,
                updated_at,
                document_name as pdf_name,
                coalesce('sha256:' || document_sha256, '') as pdf_hash,
                user_id,
                case when status in ('failed', 'cancelled')
                    then coalesce(nullif(error_message, ''), 'The job failed') end as error,
                pages_total,
                pages_done,
                pages_failed,
                started_at,
                finished_at,
                expires_at,
                version
            from docket.jobs;
        comment on view public.jobs is 'Docket: jobs as GET /jobs/{id} tells them, own rows only';
        -- A project's default privileges give more than reading, and to everybody.
        revoke all on public.jobs from public, authenticated;
        if to_regrole('anon') is not null then
            revoke all on public.jobs from anon;
        end if;
        grant select on public.jobs to authenticated;
        if to_regrole('service_role') is not null then
            revoke all on public.jobs from service_role;
            grant select on public.jobs to service_role;
        end if;
    end if;

    -- Heartbeats and events touch other tables: each change of this one is worth telling.
    if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables)
        and not exists (select from pg_publication_tables
            where pubname = 'supabase_realtime' and schemaname = 'docket' and tablename = 'jobs') then
        execute format('alter publication supabase_realtime add table docket.jobs (%s)', visible);
    end if;
end
$open$;

revoke execute on function docket.open_to_supabase() from public;

select docket.open_to_supabase();
$step$;
    insert into docket.schema_migrations (version, name) values (7, 'supabase');
end
$migration$;
