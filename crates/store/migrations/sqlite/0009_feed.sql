-- The outbox as a feed: it says what clients see of a job that went back to the queue, and that a
-- job was deleted ('deleted', one version beyond its last).

alter table job_events add column was_started integer not null default 0;

create index job_events_owner on job_events (user_id, seq);
create index job_events_deleted on job_events (at) where status = 'deleted';
