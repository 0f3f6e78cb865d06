-- Written by those who want to know whether anything can be written.

create table docket.write_checks (
    id integer primary key check (id = 1),
    at timestamptz not null
);
