-- A take says the epoch once, not for each case, and of an assignment what the ledger asks for: 8 % of its cost.

-- Locked cases, whole. Put in where it is asked, so it must stay one statement.
create or replace function ledger.documents(seen uuid[]) returns table (case_id uuid, document json)
language sql stable
as $$
    select c.case_id, json_build_object(
        'case', row_to_json(c),
        'decision', c.decision,
        'assignments', array_to_json(array(
            select part from (
                select a.case_id, a.attempt, a.unit, a.role, a.handling_unit, a.state, a.opened_at, a.due_at,
                       a.signed_in_at, a.ended_at
                from ledger.assignments a where a.case_id = c.case_id
            ) part)),
        'clocks', array_to_json(array(select k from ledger.clocks k where k.case_id = c.case_id)),
        'whistles', case when c.whistles = 0 then '[]' else
            array_to_json(array(select w from ledger.whistles w where w.case_id = c.case_id)) end,
        'calls', case when c.whistles = 0 then '[]' else
            array_to_json(array(select w from ledger.whistle_calls w where w.case_id = c.case_id)) end)
    from ledger.cases c where c.case_id = any (seen)
$$;

-- Both as before.
create or replace function ledger.take(case_ids uuid[], token_hash bytea, act_key text)
returns table (taken_at timestamptz, epoch integer, stopped text, actor json, answered json, document json)
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
as $$
declare
    person identity.asker;
    asking json;
    seen uuid[];
    instant timestamptz;
    earlier json;
begin
    if token_hash is null then
        perform ledger.require_writer(null);
        select array_agg(l.case_id) into seen from (
            select c.case_id from ledger.cases c where c.case_id = any (case_ids) order by c.case_id for update
        ) l;
    else
        person := identity.asker_of(token_hash);
        if person.person_id is null then
            raise invalid_authorization_specification using message = 'unknown or expired token';
        end if;
        asking := row_to_json(person);
        select array_agg(l.case_id) into seen from (
            select c.case_id from ledger.cases c
            where c.case_id = any (case_ids) and c.units && person.units
              and not c.barred_units && person.units and c.lane = any (person.lanes)
            order by c.case_id for update
        ) l;
        -- After the lock: a repeat that waited for the first sees its answer.
        select json_build_object('fingerprint', encode(a.fingerprint, 'hex'), 'answer', a.answer) into earlier
        from ledger.acts a where a.person = person.person_id and a.key = act_key;
    end if;
    -- After the lock, in statements of their own: a snapshot is older than the lock it waited for.
    instant := clock.now();
    return query
    select instant, (select delivery.epoch()), (select s.reason from ledger.clock_stop s), asking, earlier, d.document
    from ledger.documents(seen) d order by d.case_id;
end $$;

create or replace function ledger.take_each(case_ids uuid[], token_hashes bytea[], act_keys text[])
returns table (place integer, taken_at timestamptz, epoch integer, stopped text, actor json, document json)
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
as $$
declare
    askers constant identity.asker[] := ledger.askers_of(token_hashes);
    seen uuid[];
    instant timestamptz;
begin
    select array_agg(l.case_id) into seen from (
        select c.case_id
        from unnest(case_ids, askers) as a (asked_id, person_id, unit, role, units, lanes, roles)
        join ledger.cases c on c.case_id = a.asked_id
        where c.units && a.units and not c.barred_units && a.units and c.lane = any (a.lanes)
        order by c.case_id for update of c skip locked
    ) l;
    instant := clock.now();
    return query
    select a.place::integer, instant, (select delivery.epoch()), (select s.reason from ledger.clock_stop s),
           row_to_json(askers[a.place]), d.document
    from ledger.documents(seen) d
    join unnest(case_ids, act_keys) with ordinality as a (asked_id, act_key, place) on a.asked_id = d.case_id
    where not exists (
        select from ledger.acts e where e.person = (askers[a.place]).person_id and e.key = a.act_key)
    order by d.case_id;
end $$;
