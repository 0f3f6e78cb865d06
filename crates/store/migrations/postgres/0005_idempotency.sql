-- What was answered to submits with an idempotency key. No foreign key to the job: a key whose job
-- is gone is unused.

create table docket.idempotency_keys (
    user_id          text not null references docket.accounts (user_id),
    scope            text not null,
    key              text not null,
    request_sha256   bytea not null check (octet_length(request_sha256) = 32),
    job_id           uuid not null,
    credits          bigint not null,
    balance_used     bigint not null,
    balance_limit    bigint not null,
    cycle_started_at timestamptz not null,
    created_at       timestamptz not null,
    primary key (user_id, scope, key)
);

create index idempotency_keys_age on docket.idempotency_keys (created_at);
