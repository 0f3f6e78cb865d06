-- Accounts, their keys, and the ledger of their credits.
-- Instants are microseconds since 1970 in UTC.

create table accounts (
    user_id            text primary key,
    name               text not null default '',
    credits_limit      integer not null default 1000000 check (credits_limit >= 0),
    credits_used       integer not null default 0 check (credits_used >= 0),
    cycle_started_at   integer not null,
    submits_per_minute integer check (submits_per_minute >= 0),
    created_at         integer not null
) strict, without rowid;

create table api_keys (
    id         blob primary key check (length(id) = 16),
    sha256     blob not null unique check (length(sha256) = 32),
    last_four  text not null,
    label      text not null,
    user_id    text not null references accounts (user_id),
    created_at integer not null,
    expires_at integer,
    revoked_at integer
) strict, without rowid;

-- One row per submit, also of a job that cost nothing: the submit limit counts them, and they stay
-- when a job is deleted. A row counts in the cycle in which its job was charged, a refund too.
create table usage (
    id               integer primary key autoincrement,
    user_id          text not null references accounts (user_id),
    job_id           blob not null check (length(job_id) = 16),
    kind             text not null check (kind in ('submit', 'charge', 'refund')),
    credits          integer not null,
    cycle_started_at integer not null,
    at               integer not null,
    check ((kind = 'refund') = (credits < 0))
) strict;

create index usage_submits on usage (user_id, at) where kind = 'submit';
create index usage_job on usage (job_id);
