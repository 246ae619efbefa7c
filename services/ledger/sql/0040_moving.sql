-- Moving at active_from (design §7): what a clock's due date is derived from, and cases to be moved in batches.
alter table ledger.clocks
    -- The limit as decided, while an emergency mode puts `allowed` in its place.
    add usual text,
    -- Since when `allowed` counts, where that is later than the start.
    add counted_from timestamptz,
    -- Which of several limits of one item it is (X-20).
    add stage text not null default '';

-- Clocks whose limit is not simply the decided one, whole: limits of modes and their end, stages, clocks of ended units;
-- and the ground of cases that an ended unit had. Called beside ledger.write, in its transaction, on cases it has written.
create function ledger.derive(changes jsonb, token_hash bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC'
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    person record;
    known integer;
begin
    perform ledger.require_writer(token_hash);
    if token_hash is not null then
        select * into person from identity.actor_of(token_hash);
        if not found then
            raise invalid_authorization_specification using message = 'unknown or expired token';
        end if;
        if exists (
            select from jsonb_to_recordset(changes -> 'cases') as x(case_id uuid) join ledger.cases c using (case_id)
            where not (c.units && person.units and not c.barred_units && person.units and c.lane = any (person.lanes))
        ) then
            raise insufficient_privilege using message = 'not your case';
        end if;
    end if;
    select count(*) into known
    from jsonb_to_recordset(changes -> 'cases') as x(case_id uuid, version integer) join ledger.cases c using (case_id)
    where c.version = x.version;
    if known <> jsonb_array_length(changes -> 'cases') then
        raise serialization_failure using message = 'a case is not at the version it was written at';
    end if;

    update ledger.cases c set subdistrict = x.subdistrict
    from jsonb_to_recordset(changes -> 'cases') as x(case_id uuid, subdistrict text)
    where c.case_id = x.case_id and c.subdistrict is distinct from x.subdistrict;

    insert into ledger.clocks as k (
        case_id, kind, unit, cycle, started_at, allowed, due_at, stopped_at, calendar, ladder, next_step, next_at,
        paused_at, adjusted, usual, counted_from, stage)
    select x.case_id, x.kind, x.unit, x.cycle, x.started_at, x.allowed, x.due_at, x.stopped_at, x.calendar, x.ladder,
           x.next_step, x.next_at, x.paused_at, x.adjusted, x.usual, x.counted_from, x.stage
    from jsonb_to_recordset(changes -> 'clocks') as x(
        case_id uuid, kind text, unit text, cycle smallint, started_at timestamptz, allowed text, due_at timestamptz,
        stopped_at timestamptz, calendar integer, ladder text, next_step text, next_at timestamptz,
        paused_at timestamptz, adjusted json, usual text, counted_from timestamptz, stage text)
    where exists (select from jsonb_to_recordset(changes -> 'cases') as c(case_id uuid) where c.case_id = x.case_id)
    on conflict (case_id, kind, unit, cycle) do update set
        allowed = excluded.allowed, due_at = excluded.due_at, stopped_at = excluded.stopped_at,
        calendar = excluded.calendar, next_step = excluded.next_step, next_at = excluded.next_at,
        paused_at = excluded.paused_at, adjusted = excluded.adjusted, usual = excluded.usual,
        counted_from = excluded.counted_from, stage = excluded.stage;
end $$;

-- Every opening by an older version has committed when this returns: openings hold the lock shared. Taken once for each
-- version, in a transaction of its own.
create function ledger.await_openings() returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    perform pg_advisory_xact_lock(7241, 1);
end $$;

-- Cases with something pending that a version has not reached yet: those that are open, and those with an owed step.
create function ledger.behind(version integer, at_most integer) returns table (case_id uuid, applied_version integer)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    perform ledger.require_writer(null);
    return query
    select b.case_id, b.applied_version from (
        select c.case_id, c.applied_version from ledger.cases c
        where c.closed_at is null and c.applied_version <> behind.version
        union
        select c.case_id, c.applied_version from ledger.clocks k join ledger.cases c using (case_id)
        where k.next_at is not null and c.applied_version <> behind.version
    ) b limit at_most;
end $$;

-- These cases have nothing to move from the older versions to this one; what somebody else holds is left for another look.
create function ledger.applied(case_ids uuid[], older integer[], version integer) returns integer
language plpgsql volatile security definer set search_path = pg_catalog
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    written integer;
begin
    perform ledger.require_writer(null);
    update ledger.cases set applied_version = applied.version
    where case_id in (
        select c.case_id from ledger.cases c
        where c.case_id = any (case_ids) and c.applied_version = any (older)
        order by c.case_id for update skip locked);
    get diagnostics written = row_count;
    return written;
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'ledger.derive(jsonb, bytea)', 'ledger.await_openings()', 'ledger.behind(integer, integer)',
        'ledger.applied(uuid[], integer[], integer)'
    ] loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function ledger.derive(jsonb, bytea) to ledger_writer, desk_api;
grant execute on function ledger.await_openings(), ledger.behind(integer, integer), ledger.applied(uuid[], integer[], integer)
    to ledger_writer;
