-- Webhooks: who wants to be told, what is still to be told, and how the telling went.

create table webhook_endpoints (
    id                    blob primary key check (length(id) = 16),
    user_id               text not null references accounts (user_id),
    url                   text not null,
    description           text not null,
    -- Names with spaces between them; empty: every event.
    events                text not null,
    secret                blob not null check (length(secret) = 32),
    previous_secret       blob check (length(previous_secret) = 32),
    previous_secret_until integer,
    failures_in_a_row     integer not null default 0 check (failures_in_a_row >= 0),
    disabled_at           integer,
    disabled_reason       text check (disabled_reason in ('owner', 'gone', 'failures')),
    created_at            integer not null,
    updated_at            integer not null,
    check ((disabled_at is null) = (disabled_reason is null)),
    check ((previous_secret is null) = (previous_secret_until is null))
) strict, without rowid;

create index webhook_endpoints_owner on webhook_endpoints (user_id, created_at desc);

-- The outbox: a job that ended and whose owner has endpoints. Rows are taken out by whoever turns
-- them into deliveries, so there is no position to keep and no gap to fall into.
create table webhook_events (
    seq            integer primary key autoincrement,
    user_id        text not null,
    job_id         blob not null check (length(job_id) = 16),
    batch_id       blob check (length(batch_id) = 16),
    job_type       text not null,
    job_state      text not null,
    error_code     text,
    error_message  text,
    job_created_at integer not null,
    at             integer not null
) strict;

-- What is told, whole: the job may be gone when it is told. No foreign key to the job.
create table webhook_deliveries (
    seq              integer primary key autoincrement,
    id               blob not null unique check (length(id) = 16),
    endpoint_id      blob not null references webhook_endpoints (id) on delete cascade,
    job_id           blob check (length(job_id) = 16),
    job_type         text,
    job_state        text,
    error_code       text,
    error_message    text,
    job_created_at   integer,
    batch_id         blob check (length(batch_id) = 16),
    batch_succeeded  integer,
    batch_failed     integer,
    occurred_at      integer not null,
    status           text not null default 'pending'
        check (status in ('pending', 'delivered', 'failed')),
    attempts         integer not null default 0 check (attempts >= 0),
    tries            integer not null default 0 check (tries between 0 and attempts),
    claim_token      blob check (length(claim_token) = 16),
    next_attempt_at  integer,
    last_status_code integer,
    last_error       text,
    created_at       integer not null,
    ended_at         integer,
    check ((next_attempt_at is not null) = (status = 'pending')),
    check ((ended_at is null) = (status = 'pending')),
    check (claim_token is null or status = 'pending'),
    check ((job_id is null) = (job_state is null)),
    check (job_id is not null or (batch_id is null) = (batch_succeeded is null))
) strict;

create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at, seq)
    where status = 'pending';
create index webhook_deliveries_log on webhook_deliveries (endpoint_id, seq desc);
create index webhook_deliveries_age on webhook_deliveries (created_at);
-- A batch ends once.
create unique index webhook_deliveries_batch on webhook_deliveries (endpoint_id, batch_id)
    where job_id is null;

create table webhook_attempts (
    delivery_id blob not null references webhook_deliveries (id) on delete cascade,
    attempt     integer not null,
    at          integer not null,
    duration_ms integer check (duration_ms >= 0),
    status_code integer,
    error       text,
    primary key (delivery_id, attempt)
) strict, without rowid;

-- Triggers, so that no statement that ends a job can forget it, in the transaction that ends it.
create trigger jobs_end_webhooks after update on jobs
    when old.finished_at is null and new.finished_at is not null
begin
    insert into webhook_events (user_id, job_id, batch_id, job_type, job_state, error_code,
        error_message, job_created_at, at)
    select new.user_id, new.id, new.batch_id, new.type, new.status, new.error_code,
        new.error_message, new.created_at, new.finished_at
    where exists (select 1 from webhook_endpoints e where e.user_id = new.user_id);
end;

create trigger jobs_made_ended_webhooks after insert on jobs
    when new.finished_at is not null
begin
    insert into webhook_events (user_id, job_id, batch_id, job_type, job_state, error_code,
        error_message, job_created_at, at)
    select new.user_id, new.id, new.batch_id, new.type, new.status, new.error_code,
        new.error_message, new.created_at, new.finished_at
    where exists (select 1 from webhook_endpoints e where e.user_id = new.user_id);
end;
