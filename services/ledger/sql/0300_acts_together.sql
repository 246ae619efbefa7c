-- Acts that come together are taken and written together, each under its own asker's token (docs/adr/0015).
grant create on schema ledger to ledger_definer;

-- Who asks with each of these tokens; null for one that opens nothing. One token is looked up once.
create function ledger.askers_of(token_hashes bytea[]) returns identity.asker[]
language plpgsql stable
as $$
declare
    askers identity.asker[] := '{}';
    first integer;
begin
    for place in 1 .. cardinality(token_hashes) loop
        first := array_position(token_hashes, token_hashes[place]);
        if first < place then
            askers[place] := askers[first];
        else
            askers[place] := identity.asker_of(token_hashes[place]);
        end if;
    end loop;
    return askers;
end $$;

-- Locked cases, whole. Put in where it is asked, so it must stay one statement.
create function ledger.documents(seen uuid[]) returns table (case_id uuid, document json)
language sql stable
as $$
    select c.case_id, json_build_object(
        'case', row_to_json(c),
        'decision', c.decision,
        'assignments', array_to_json(array(select a from ledger.assignments a where a.case_id = c.case_id)),
        'clocks', array_to_json(array(select k from ledger.clocks k where k.case_id = c.case_id)),
        'whistles', case when c.whistles = 0 then '[]' else
            array_to_json(array(select w from ledger.whistles w where w.case_id = c.case_id)) end,
        'calls', case when c.whistles = 0 then '[]' else
            array_to_json(array(select w from ledger.whistle_calls w where w.case_id = c.case_id)) end)
    from ledger.cases c where c.case_id = any (seen)
$$;

-- As before.
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
    select instant, delivery.epoch(), (select s.reason from ledger.clock_stop s), asking, earlier, d.document
    from ledger.documents(seen) d order by d.case_id;
end $$;

-- The cases of several acts, one each, and by its place whose. Left out are those that somebody else holds at present,
-- that their asker may not see, and whose act was answered before: each of these is to go alone.
create function ledger.take_each(case_ids uuid[], token_hashes bytea[], act_keys text[])
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
    select a.place::integer, instant, delivery.epoch(), (select s.reason from ledger.clock_stop s),
           row_to_json(askers[a.place]), d.document
    from ledger.documents(seen) d
    join unnest(case_ids, act_keys) with ordinality as a (asked_id, act_key, place) on a.asked_id = d.case_id
    where not exists (
        select from ledger.acts e where e.person = (askers[a.place]).person_id and e.key = a.act_key)
    order by d.case_id;
end $$;

-- What a case's row does not hold.
create function ledger.write_beside(changes jsonb, bodies bytea[]) returns void
language plpgsql volatile
as $$
begin
    if changes ? 'widened' or changes ? 'assignments' then
        perform ledger.write_assignments(changes);
    end if;
    if changes ? 'clocks' then
        perform ledger.write_clocks(changes -> 'clocks');
    end if;
    if changes ? 'whistles' or changes ? 'calls' then
        perform ledger.write_whistles(changes);
    end if;
    perform ledger.write_facts(changes, bodies);
end $$;

-- What a person writes beside a case's row must be of a case whose row is written with it, and judged.
create function ledger.require_of_its_cases(changes jsonb) returns void
language plpgsql immutable
as $$
begin
    if not jsonb_path_query_array(changes, '$.cases[*].case_id') @> jsonb_path_query_array(changes, '$.*[*].case_id') then
        raise insufficient_privilege using message = 'not a case of this write';
    end if;
end $$;

-- As before, but for that.
create or replace function ledger.write(changes jsonb, bodies bytea[], token_hash bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    person identity.asker;
begin
    if token_hash is null then
        perform ledger.require_writer(null);
    else
        person := identity.asker_of(token_hash);
        if person.person_id is null then
            raise invalid_authorization_specification using message = 'unknown or expired token';
        end if;
        perform ledger.require_of_its_cases(changes);
    end if;
    perform ledger.write_cases(changes, person);
    perform ledger.write_beside(changes, bodies);
    if changes ? 'act' then
        insert into ledger.acts (person, key, fingerprint, at, answer)
        select person.person_id, a.key, decode(a.fingerprint, 'hex'), a.at, a.answer
        from jsonb_to_record(changes -> 'act') as a(key text, fingerprint text, at timestamptz, answer json);
    end if;
end $$;

-- The same for several acts: each case and each answer says by its place whose token it is of. One case that is not its
-- asker's refuses all of them.
create function ledger.write_each(changes jsonb, bodies bytea[], token_hashes bytea[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    askers constant identity.asker[] := ledger.askers_of(token_hashes);
    theirs integer;
begin
    perform ledger.require_of_its_cases(changes);
    -- Locked, so that what is judged is what is changed.
    select count(*) into theirs from (
        select from jsonb_to_recordset(changes -> 'cases') as x(case_id uuid, asker integer)
        join ledger.cases c using (case_id)
        where c.units && (askers[x.asker]).units and not c.barred_units && (askers[x.asker]).units
          and c.lane = any ((askers[x.asker]).lanes)
        order by c.case_id for update of c
    ) l;
    if theirs <> jsonb_array_length(changes -> 'cases') then
        raise insufficient_privilege using message = 'not your case';
    end if;
    perform ledger.write_cases(changes, null);
    perform ledger.write_beside(changes, bodies);
    insert into ledger.acts (person, key, fingerprint, at, answer)
    select (askers[a.asker]).person_id, a.key, decode(a.fingerprint, 'hex'), a.at, a.answer
    from jsonb_to_recordset(changes -> 'acts') as a(
        asker integer, key text, fingerprint text, at timestamptz, answer json);
end $$;

do $$
declare
    signature regprocedure;
begin
    for signature in
        select p.oid::regprocedure from pg_proc p where p.pronamespace = 'ledger'::regnamespace and p.proname in (
            'askers_of', 'documents', 'take_each', 'write_beside', 'require_of_its_cases', 'write_each')
    loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function ledger.take_each(uuid[], bytea[], text[]), ledger.write_each(jsonb, bytea[], bytea[]) to desk_api;
revoke create on schema ledger from ledger_definer;
