-- Documents that are uploaded after the submit, and jobs that run once more.

alter table docket.jobs add column upload_until timestamptz;
alter table docket.jobs add check (upload_until is not null or status <> 'awaiting_upload');

-- What the ledger has against a job before this instant belongs to former runs.
alter table docket.jobs add column rerun_at timestamptz;

create index jobs_upload on docket.jobs (upload_until) where status = 'awaiting_upload';
