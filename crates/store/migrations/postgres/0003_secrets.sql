-- Secrets of the installation, made once: all nodes of one database sign with the same.

create table docket.secrets (
    name       text primary key,
    secret     bytea not null check (octet_length(secret) = 32),
    created_at timestamptz not null
);
