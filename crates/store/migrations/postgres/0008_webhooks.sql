-- Webhooks: who wants to be told, what is still to be told, and how the telling went.

create table docket.webhook_endpoints (
    id                    uuid primary key,
    user_id               text not null references docket.accounts (user_id),
    url                   text not null,
    description           text not null,
    -- Names with spaces between them; empty: every event.
    events                text not null,
    secret                bytea not null check (octet_length(secret) = 32),
    previous_secret       bytea check (octet_length(previous_secret) = 32),
    previous_secret_until timestamptz,
    failures_in_a_row     integer not null default 0 check (failures_in_a_row >= 0),
    disabled_at           timestamptz,
    disabled_reason       text check (disabled_reason in ('owner', 'gone', 'failures')),
    created_at            timestamptz not null,
    updated_at            timestamptz not null,
    check ((disabled_at is null) = (disabled_reason is null)),
    check ((previous_secret is null) = (previous_secret_until is null))
);

create index webhook_endpoints_owner on docket.webhook_endpoints (user_id, created_at desc);

-- The outbox: a job that ended and whose owner has endpoints. Rows are taken out by whoever turns
-- them into deliveries, so there is no position to keep and no gap to fall into.
create table docket.webhook_events (
    seq            bigint generated always as identity primary key,
    user_id        text not null,
    job_id         uuid not null,
    batch_id       uuid,
    job_type       text not null,
    job_state      text not null,
    error_code     text,
    error_message  text,
    job_created_at timestamptz not null,
    at             timestamptz not null
);

-- What is told, whole: the job may be gone when it is told. No foreign key to the job.
create table docket.webhook_deliveries (
    seq              bigint generated always as identity unique,
    id               uuid primary key,
    endpoint_id      uuid not null references docket.webhook_endpoints (id) on delete cascade,
    job_id           uuid,
    job_type         text,
    job_state        text,
    error_code       text,
    error_message    text,
    job_created_at   timestamptz,
    batch_id         uuid,
    batch_succeeded  bigint,
    batch_failed     bigint,
    occurred_at      timestamptz not null,
    status           text not null default 'pending'
        check (status in ('pending', 'delivered', 'failed')),
    attempts         integer not null default 0 check (attempts >= 0),
    tries            integer not null default 0 check (tries between 0 and attempts),
    claim_token      uuid,
    next_attempt_at  timestamptz,
    last_status_code integer,
    last_error       text,
    created_at       timestamptz not null,
    ended_at         timestamptz,
    check ((next_attempt_at is not null) = (status = 'pending')),
    check ((ended_at is null) = (status = 'pending')),
    check (claim_token is null or status = 'pending'),
    check ((job_id is null) = (job_state is null)),
    check (job_id is not null or (batch_id is null) = (batch_succeeded is null))
);

create index webhook_deliveries_due on docket.webhook_deliveries (endpoint_id, next_attempt_at, seq)
    where status = 'pending';
create index webhook_deliveries_log on docket.webhook_deliveries (endpoint_id, seq desc);
create index webhook_deliveries_age on docket.webhook_deliveries (created_at);
-- A batch ends once.
create unique index webhook_deliveries_batch on docket.webhook_deliveries (endpoint_id, batch_id)
    where job_id is null;

create table docket.webhook_attempts (
    delivery_id uuid not null references docket.webhook_deliveries (id) on delete cascade,
    attempt     integer not null,
    at          timestamptz not null,
    duration_ms bigint check (duration_ms >= 0),
    status_code integer,
    error       text,
    primary key (delivery_id, attempt)
);

-- Triggers, so that no statement that ends a job can forget it, in the transaction that ends it.
create function docket.note_webhook_event() returns trigger language plpgsql as $$
begin
    insert into docket.webhook_events (user_id, job_id, batch_id, job_type, job_state, error_code,
        error_message, job_created_at, at)
    select new.user_id, new.id, new.batch_id, new.type, new.status, new.error_code,
        new.error_message, new.created_at, new.finished_at
    where exists (select 1 from docket.webhook_endpoints e where e.user_id = new.user_id);
    return null;
end
$$;

create trigger jobs_end_webhooks after update on docket.jobs
    for each row when (old.finished_at is null and new.finished_at is not null)
    execute function docket.note_webhook_event();

create trigger jobs_made_ended_webhooks after insert on docket.jobs
    for each row when (new.finished_at is not null)
    execute function docket.note_webhook_event();
