-- Written by those who want to know whether anything can be written.

create table write_checks (
    id integer primary key check (id = 1),
    at integer not null
) strict;
