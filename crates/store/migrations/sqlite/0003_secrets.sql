-- Secrets of the installation, made once: all nodes of one database sign with the same.

create table secrets (
    name       text primary key,
    secret     blob not null check (length(secret) = 32),
    created_at integer not null
) strict, without rowid;
