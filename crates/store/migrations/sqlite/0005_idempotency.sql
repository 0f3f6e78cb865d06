-- What was answered to submits with an idempotency key. No foreign key to the job: a key whose job
-- is gone is unused.

create table idempotency_keys (
    user_id          text not null references accounts (user_id),
    scope            text not null,
    key              text not null,
    request_sha256   blob not null check (length(request_sha256) = 32),
    job_id           blob not null check (length(job_id) = 16),
    credits          integer not null,
    balance_used     integer not null,
    balance_limit    integer not null,
    cycle_started_at integer not null,
    created_at       integer not null,
    primary key (user_id, scope, key)
) strict, without rowid;

create index idempotency_keys_age on idempotency_keys (created_at);
