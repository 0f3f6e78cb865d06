-- The outbox as a feed: it says what clients see of a job that went back to the queue, and that a
-- job was deleted ('deleted', one version beyond its last).

alter table docket.job_events add column was_started boolean not null default false;

create index job_events_owner on docket.job_events (user_id, seq);
create index job_events_deleted on docket.job_events (at) where status = 'deleted';
