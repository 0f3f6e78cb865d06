-- Batches: jobs that were submitted with one request. A batch counts the jobs that it was made
-- with; they may be deleted later.

create table docket.batches (
    id         uuid primary key,
    user_id    text not null references docket.accounts (user_id),
    total_jobs bigint not null check (total_jobs >= 0),
    created_at timestamptz not null
);

alter table docket.jobs add column batch_id uuid references docket.batches (id);

create index jobs_batch on docket.jobs (batch_id, seq) where batch_id is not null;

-- Ended jobs, by the end of their retention.
create index jobs_expiry on docket.jobs (expires_at, seq) where finished_at is not null;
