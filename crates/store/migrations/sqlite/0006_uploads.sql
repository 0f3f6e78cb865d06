-- Documents that are uploaded after the submit, and jobs that run once more.

alter table jobs add column upload_until integer
    check (upload_until is not null or status <> 'awaiting_upload');

-- What the ledger has against a job before this instant belongs to former runs.
alter table jobs add column rerun_at integer;

create index jobs_upload on jobs (upload_until) where status = 'awaiting_upload';
