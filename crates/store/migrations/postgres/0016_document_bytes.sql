-- The bytes of an account's stored documents, kept by triggers: no statement can forget them.

alter table docket.accounts
    add column document_bytes bigint not null default 0,
    add column document_bytes_max bigint check (document_bytes_max >= 0);

-- Bytes of documents that are gone, on their way to the account: statements that delete jobs of many
-- accounts would lock these in any order. Each account takes its own afterwards.
create table docket.freed_documents (
    id      bigint generated always as identity primary key,
    user_id text not null references docket.accounts (user_id),
    bytes   bigint not null
);

create index freed_documents_owner on docket.freed_documents (user_id);

create function docket.count_made_documents() returns trigger language plpgsql as $$
begin
    update docket.accounts a set document_bytes = a.document_bytes + m.bytes
    from (select user_id, sum(document_bytes)::bigint as bytes from made group by user_id) m
    where a.user_id = m.user_id and m.bytes <> 0;
    return null;
end
$$;

create trigger jobs_made_documents after insert on docket.jobs
    referencing new table as made
    for each statement execute function docket.count_made_documents();

create function docket.count_changed_document() returns trigger language plpgsql as $$
begin
    update docket.accounts
    set document_bytes = document_bytes + new.document_bytes - old.document_bytes
    where user_id = new.user_id;
    return null;
end
$$;

create trigger jobs_changed_document after update of document_bytes on docket.jobs
    for each row when (old.document_bytes <> new.document_bytes)
    execute function docket.count_changed_document();

create function docket.count_gone_documents() returns trigger language plpgsql as $$
begin
    insert into docket.freed_documents (user_id, bytes)
    select user_id, sum(document_bytes)::bigint from gone
    where document_bytes <> 0 group by user_id;
    return null;
end
$$;

create trigger jobs_gone_documents after delete on docket.jobs
    referencing old table as gone
    for each statement execute function docket.count_gone_documents();

update docket.accounts a set document_bytes = m.bytes
from (select user_id, sum(document_bytes)::bigint as bytes from docket.jobs group by user_id) m
where a.user_id = m.user_id;
