-- Demo and tests only: the database's clock stands still until it is set, and may run on from there at real rate.
-- Readiness of a service that expects the real clock refuses this definition.
create table clock.stepped (
    single boolean primary key default true check (single),
    at timestamptz not null,
    -- Set while the clock runs on: it then shows `at` plus the real time since.
    running_since timestamptz
);
insert into clock.stepped (at) values ($AT$);
alter table clock.stepped owner to migrator;
revoke all on clock.stepped from public;

create or replace function clock.now() returns timestamptz
language sql volatile parallel safe security definer set search_path = pg_catalog
as 'select at + coalesce(clock_timestamp() - running_since, interval ''0'') from clock.stepped';
