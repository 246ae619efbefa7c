-- Every act and every batch of openings asks for the epoch: as an SQL function it was parsed and planned anew each time,
-- 0.1 ms of the server's time. What it answers is unchanged.
create or replace function delivery.epoch() returns integer
language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
    return (select max(e.epoch) from delivery.epochs e);
end $$;
