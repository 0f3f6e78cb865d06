-- Written by dev/supabase-migrations from store/migrations/postgres/0002_jobs.sql. Docket's schema has one history, the
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
    if exists (select from docket.schema_migrations where version = 2) then
        return;
    end if;
    execute $step$
-- Jobs: the row of the API and of the queue in one, with leases beside it and the outbox behind it.

create table docket.jobs (
    seq                 bigint generated always as identity unique,
    id                  uuid primary key,
    user_id             text not null references docket.accounts (user_id),
    type                text not null,
    status              text not null check (status in
        ('awaiting_upload', 'queued', 'processing', 'succeeded', 'failed', 'cancelled')),
    spec                text not null,
    document_name       text not null,
    document_sha256     text,
    document_bytes      bigint not null check (document_bytes >= 0),
    document_media_type text not null,
    document_blob_key   text,
    document_source_url text,
    document_password   text,
    pages_total         integer check (pages_total >= 0),
    pages_selected      integer check (pages_selected >= 0),
    pages_done          integer not null check (pages_done >= 0),
    pages_failed        integer not null check (pages_failed >= 0),
    stage               text check (stage in ('fetching', 'reading', 'assembling')),
    credits             bigint not null check (credits >= 0),
    priority            integer not null,
    run_at              timestamptz not null,
    attempt             integer not null default 0 check (attempt >= 0),
    worker_losses       integer not null default 0 check (worker_losses >= 0),
    deadline_at         timestamptz,
    claim_token         uuid,
    error_code          text,
    error_message       text,
    result_key          text,
    version             bigint not null default 1 check (version >= 1),
    created_at          timestamptz not null,
    updated_at          timestamptz not null check (updated_at >= created_at),
    started_at          timestamptz,
    finished_at         timestamptz,
    expires_at          timestamptz,
    check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled'))),
    check ((result_key is not null) = (status = 'succeeded')),
    check ((claim_token is not null) = (status = 'processing')),
    check ((error_code is not null) = (status in ('failed', 'cancelled'))),
    check ((error_message is not null) = (error_code is not null)),
    check ((deadline_at is not null) = (started_at is not null)),
    check (started_at is not null or status not in ('processing', 'succeeded')),
    check (started_at is null or status <> 'awaiting_upload'),
    check (document_password is null or finished_at is null),
    check (credits = 0 or status not in ('failed', 'cancelled'))
) with (fillfactor = 80);

create index jobs_ready on docket.jobs (priority desc, seq) where status = 'queued';
create index jobs_owner on docket.jobs (user_id, seq desc);
create index jobs_deadline on docket.jobs (deadline_at)
    where status in ('queued', 'processing') and deadline_at is not null;

-- Heartbeats touch this table only.
create table docket.job_leases (
    job_id      uuid primary key references docket.jobs (id) on delete cascade,
    attempt     integer not null,
    worker_id   uuid not null,
    claim_token uuid not null,
    lease_until timestamptz not null
);

create index job_leases_until on docket.job_leases (lease_until);
create index job_leases_worker on docket.job_leases (worker_id);

-- The outbox: a row in the transaction of every transition. No foreign key: it would lock the row
-- of the job once more for every event.
create table docket.job_events (
    seq        bigint generated always as identity primary key,
    job_id     uuid not null,
    user_id    text not null,
    version    bigint not null,
    status     text not null,
    pages_done integer not null,
    at         timestamptz not null
);

create index job_events_job on docket.job_events (job_id, seq);
$step$;
    insert into docket.schema_migrations (version, name) values (2, 'jobs');
end
$migration$;
