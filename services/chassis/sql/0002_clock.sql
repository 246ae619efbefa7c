-- The only source of time wherever a deadline is set or compared. Real here; readiness compares this definition.
-- Only demo and test databases replace the body (create or replace, same signature) by one that reads a stepped clock.
create schema clock;
grant usage on schema clock to public;

-- Volatile, as time is: in a `where` write `(select clock.now())`, or pass it as a parameter. A bare volatile call
-- cannot be an index condition.
create function clock.now() returns timestamptz
language sql volatile parallel safe
as 'select pg_catalog.clock_timestamp()';
