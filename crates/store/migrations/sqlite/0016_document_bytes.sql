-- The bytes of an account's stored documents, kept by triggers: no statement can forget them.

alter table accounts add column document_bytes integer not null default 0;
alter table accounts add column document_bytes_max integer check (document_bytes_max >= 0);

create trigger jobs_made_documents after insert on jobs when new.document_bytes <> 0
begin
    update accounts set document_bytes = document_bytes + new.document_bytes
    where user_id = new.user_id;
end;

create trigger jobs_changed_document after update of document_bytes on jobs
    when old.document_bytes <> new.document_bytes
begin
    update accounts set document_bytes = document_bytes + new.document_bytes - old.document_bytes
    where user_id = new.user_id;
end;

create trigger jobs_gone_documents after delete on jobs when old.document_bytes <> 0
begin
    update accounts set document_bytes = document_bytes - old.document_bytes
    where user_id = old.user_id;
end;

update accounts set document_bytes = coalesce(
    (select sum(document_bytes) from jobs where jobs.user_id = accounts.user_id), 0);
