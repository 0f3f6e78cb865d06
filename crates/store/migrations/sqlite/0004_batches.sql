-- Batches: jobs that were submitted with one request. A batch counts the jobs that it was made
-- with; they may be deleted later.

create table batches (
    id         blob primary key check (length(id) = 16),
    user_id    text not null references accounts (user_id),
    total_jobs integer not null check (total_jobs >= 0),
    created_at integer not null
) strict, without rowid;

alter table jobs add column batch_id blob references batches (id) check (length(batch_id) = 16);

create index jobs_batch on jobs (batch_id, seq) where batch_id is not null;

-- Ended jobs, by the end of their retention.
create index jobs_expiry on jobs (expires_at, seq) where finished_at is not null;
