-- Where a whistle calls its departments to: in words, as a point of the street's ground, or both.
alter table ledger.whistles add meeting json;

create or replace function ledger.write_whistles(changes jsonb, token_hash bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC'
set plan_cache_mode = force_generic_plan
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

    update ledger.cases c set proposals = x.proposals
    from jsonb_to_recordset(changes -> 'proposed') as x(case_id uuid, proposals jsonb) where c.case_id = x.case_id;

    insert into ledger.whistles as w (
        case_id, number, kind, subdistrict, automatic, reason, blown_at, closed_at, ongoing, blown_by, result,
        wrong_because, evaluated_at, meeting, lane, barred_units, units)
    select x.case_id, x.number, x.kind, x.subdistrict, x.automatic, x.reason, x.blown_at, x.closed_at, x.ongoing,
           x.blown_by, x.result, x.wrong_because, x.evaluated_at, x.meeting, c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'whistles') as x(
        case_id uuid, number smallint, kind text, subdistrict text, automatic boolean, reason text,
        blown_at timestamptz, closed_at timestamptz, ongoing boolean, blown_by uuid, result text, wrong_because text,
        evaluated_at timestamptz, meeting json)
    join ledger.cases c using (case_id)
    -- A closed one first: one open whistle per case is a unique index.
    order by x.closed_at nulls last
    on conflict (case_id, number) do update set
        closed_at = excluded.closed_at, units = excluded.units, result = excluded.result,
        wrong_because = excluded.wrong_because, evaluated_at = excluded.evaluated_at;

    insert into ledger.whistle_calls as l (
        case_id, number, unit, state, due_at, reported_in_at, person, place, photo, role, branch, person_called,
        head_called, refusal, punctuality, effort, result, satisfaction, remark, evaluated_at, lane, barred_units,
        units)
    select x.case_id, x.number, x.unit, x.state, x.due_at, x.reported_in_at, x.person, x.place, x.photo, x.role,
           x.branch, x.person_called, x.head_called, x.refusal, x.punctuality, x.effort, x.result, x.satisfaction,
           x.remark, x.evaluated_at, c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'calls') as x(
        case_id uuid, number smallint, unit text, state text, due_at timestamptz, reported_in_at timestamptz,
        person uuid, place text, photo uuid, role text, branch text, person_called uuid, head_called boolean,
        refusal text, punctuality smallint, effort smallint, result smallint, satisfaction smallint, remark text,
        evaluated_at timestamptz)
    join ledger.cases c using (case_id)
    on conflict (case_id, number, unit) do update set
        state = excluded.state, due_at = excluded.due_at, reported_in_at = excluded.reported_in_at,
        person = excluded.person, place = excluded.place, photo = excluded.photo, refusal = excluded.refusal,
        punctuality = excluded.punctuality, effort = excluded.effort, result = excluded.result,
        satisfaction = excluded.satisfaction, remark = excluded.remark, evaluated_at = excluded.evaluated_at;
end $$;
