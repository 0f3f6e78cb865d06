-- Jobs: the row of the API and of the queue in one, with leases beside it and the outbox behind it.

create table jobs (
    seq                 integer primary key autoincrement,
    id                  blob not null unique check (length(id) = 16),
    user_id             text not null references accounts (user_id),
    type                text not null,
    status              text not null check (status in
        ('awaiting_upload', 'queued', 'processing', 'succeeded', 'failed', 'cancelled')),
    spec                text not null,
    document_name       text not null,
    document_sha256     text,
    document_bytes      integer not null check (document_bytes >= 0),
    document_media_type text not null,
    document_blob_key   text,
    document_source_url text,
    document_password   text,
    pages_total         integer check (pages_total >= 0),
    pages_selected      integer check (pages_selected >= 0),
    pages_done          integer not null check (pages_done >= 0),
    pages_failed        integer not null check (pages_failed >= 0),
    stage               text check (stage in ('fetching', 'reading', 'assembling')),
    credits             integer not null check (credits >= 0),
    priority            integer not null,
    run_at              integer not null,
    attempt             integer not null default 0 check (attempt >= 0),
    worker_losses       integer not null default 0 check (worker_losses >= 0),
    deadline_at         integer,
    claim_token         blob check (length(claim_token) = 16),
    error_code          text,
    error_message       text,
    result_key          text,
    version             integer not null default 1 check (version >= 1),
    created_at          integer not null,
    updated_at          integer not null check (updated_at >= created_at),
    started_at          integer,
    finished_at         integer,
    expires_at          integer,
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
) strict;

create index jobs_ready on jobs (priority desc, seq) where status = 'queued';
create index jobs_owner on jobs (user_id, seq desc);
create index jobs_deadline on jobs (deadline_at)
    where status in ('queued', 'processing') and deadline_at is not null;

-- Heartbeats touch this table only.
create table job_leases (
    job_id      blob primary key references jobs (id) on delete cascade,
    attempt     integer not null,
    worker_id   blob not null check (length(worker_id) = 16),
    claim_token blob not null check (length(claim_token) = 16),
    lease_until integer not null
) strict, without rowid;

create index job_leases_until on job_leases (lease_until);
create index job_leases_worker on job_leases (worker_id);

-- The outbox: a row in the transaction of every transition.
create table job_events (
    seq        integer primary key autoincrement,
    job_id     blob not null check (length(job_id) = 16),
    user_id    text not null,
    version    integer not null,
    status     text not null,
    pages_done integer not null,
    at         integer not null
) strict;

create index job_events_job on job_events (job_id, seq);
