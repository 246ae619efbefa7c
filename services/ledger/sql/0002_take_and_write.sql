-- One way to write (design §3): take locks and reads, Python settles and decides, write refuses any version but the next.

grant usage on schema clock, identity, delivery, reference to ledger_definer;
grant usage, create on schema ledger to ledger_definer;
grant select, insert, update, delete on all tables in schema ledger to ledger_definer;
grant usage on all sequences in schema ledger to ledger_definer;

create function ledger.require_writer(token_hash bytea) returns void
language plpgsql stable set search_path = pg_catalog
as $$
begin
    -- session_user is who connected; a definer function does not change it.
    if token_hash is null and session_user not in ('ledger_writer', 'migrator') and
       not (select rolsuper from pg_roles where rolname = session_user) then
        raise insufficient_privilege using message = 'an act needs a token';
    end if;
end $$;

-- Lock the cases (in order) and return the instant, who asks, and each case whole. Cases the person may not see are
-- left out, as if they did not exist.
create function ledger.take(case_ids uuid[], token_hash bytea)
returns table (taken_at timestamptz, actor json, document json)
language plpgsql volatile security definer set search_path = pg_catalog set timezone = 'UTC'
as $$
declare
    person record;
    seen uuid[];
    instant timestamptz;
begin
    perform ledger.require_writer(token_hash);
    if token_hash is not null then
        select * into person from identity.actor_of(token_hash);
        if not found then
            raise invalid_authorization_specification using message = 'unknown or expired token';
        end if;
        select array_agg(l.case_id) into seen from (
            select c.case_id from ledger.cases c
            where c.case_id = any (case_ids) and c.units && person.units
              and not c.barred_units && person.units and c.lane = any (person.lanes)
            order by c.case_id for update
        ) l;
    else
        select array_agg(l.case_id) into seen from (
            select c.case_id from ledger.cases c where c.case_id = any (case_ids) order by c.case_id for update
        ) l;
    end if;
    -- After the lock, in statements of their own: a snapshot is older than the lock it waited for.
    instant := clock.now();
    return query
    select instant,
        case when token_hash is null then null else row_to_json(person) end,
        ledger.document(c)
    from ledger.cases c where c.case_id = any (seen) order by c.case_id;
end $$;

create function ledger.document(c ledger.cases) returns json
language sql stable set search_path = pg_catalog
as $$
    select json_build_object(
        'case', row_to_json(c),
        'decision', c.decision,
        'assignments', coalesce((select json_agg(a) from ledger.assignments a where a.case_id = c.case_id), '[]'),
        'clocks', coalesce((select json_agg(k) from ledger.clocks k where k.case_id = c.case_id), '[]'),
        'whistles', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistles w where w.case_id = c.case_id), '[]') end,
        'calls', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistle_calls w where w.case_id = c.case_id), '[]') end
    )
$$;

-- Cases that owe a step, oldest first, locked; what another instance holds is left to it (design §3).
create function ledger.owed(at_most integer) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog
as $$
declare
    instant timestamptz := clock.now();
begin
    perform ledger.require_writer(null);
    return query
    select o.case_id from (
        select c.case_id from ledger.clocks k join ledger.cases c using (case_id)
        where k.next_at <= instant order by k.next_at limit at_most for update of c skip locked
    ) o group by o.case_id;
end $$;

-- Write what was decided on taken cases: rows, facts, pending, and the act's answer, or nothing at all.
create function ledger.write(changes jsonb, bodies bytea[], token_hash bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog set timezone = 'UTC'
as $$
declare
    person record;
    written integer;
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

    update ledger.cases c set
        version = x.version, revision = x.revision, state = x.state, attempt = x.attempt,
        attempt_awaited = x.attempt_awaited, superseded = x.superseded, tried = x.tried, lead = x.lead,
        cooperating = x.cooperating, branch = x.branch, item = x.item, tier = x.tier, urgency = x.urgency,
        barred_units = x.barred_units, units = x.units, changed_at = x.changed_at, signed_in_at = x.signed_in_at,
        handled_at = x.handled_at, closed_at = x.closed_at, reference_version = x.reference_version,
        applied_version = x.applied_version, whistle_open = x.whistle_open, whistles = x.whistles,
        supervision_open = x.supervision_open, supervisions = x.supervisions, reworks = x.reworks,
        problem_ticket = x.problem_ticket, handler = x.handler, duplicate_of = x.duplicate_of,
        reports = x.reports, answer = x.answer
    from jsonb_to_recordset(changes -> 'cases') as x(
        case_id uuid, found_version integer, version integer, revision integer, state text, attempt smallint,
        attempt_awaited smallint, superseded smallint[], tried text[], lead text, cooperating text[], branch text,
        item text, tier text, urgency text, barred_units text[], units text[], changed_at timestamptz,
        signed_in_at timestamptz, handled_at timestamptz, closed_at timestamptz, reference_version integer,
        applied_version integer, whistle_open smallint, whistles smallint, supervision_open smallint,
        supervisions smallint, reworks smallint, problem_ticket boolean, handler uuid, duplicate_of uuid,
        reports json, answer json)
    where c.case_id = x.case_id and c.version = x.found_version;
    get diagnostics written = row_count;
    if written <> jsonb_array_length(changes -> 'cases') then
        raise serialization_failure using message = 'a case is not at the version it was taken at';
    end if;

    -- Who may see the case may see its assignments: departments called from outside, the center that supervises.
    update ledger.assignments a set units = c.units
    from jsonb_to_recordset(changes -> 'widened') as x(case_id uuid) join ledger.cases c using (case_id)
    where a.case_id = x.case_id;

    update ledger.cases c set decision = x.decision
    from jsonb_to_recordset(changes -> 'decisions') as x(case_id uuid, decision json) where c.case_id = x.case_id;

    insert into ledger.assignments
    select x.case_id, x.attempt, x.unit, x.role, x.handling_unit, x.state, x.opened_at, x.due_at, x.signed_in_at,
           x.ended_at, c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'assignments') as x(
        case_id uuid, attempt smallint, unit text, role text, handling_unit text, state text, opened_at timestamptz,
        due_at timestamptz, signed_in_at timestamptz, ended_at timestamptz)
    join ledger.cases c using (case_id)
    -- An ended lead first: one open lead per case is a unique index.
    order by x.ended_at nulls last
    on conflict (case_id, attempt, unit, role) do update set
        handling_unit = excluded.handling_unit, state = excluded.state, due_at = excluded.due_at,
        signed_in_at = excluded.signed_in_at, ended_at = excluded.ended_at;

    insert into ledger.clocks
    select x.* from jsonb_to_recordset(changes -> 'clocks') as x(
        case_id uuid, kind text, unit text, cycle smallint, started_at timestamptz, allowed text, due_at timestamptz,
        stopped_at timestamptz, calendar integer, ladder text, next_step text, next_at timestamptz)
    on conflict (case_id, kind, unit, cycle) do update set
        due_at = excluded.due_at, stopped_at = excluded.stopped_at, calendar = excluded.calendar,
        next_step = excluded.next_step, next_at = excluded.next_at;

    insert into ledger.steps
    select x.* from jsonb_to_recordset(changes -> 'steps') as x(
        case_id uuid, kind text, unit text, cycle smallint, step text, owed_at timestamptz,
        effective_at timestamptz, version integer);

    insert into ledger.whistles
    select x.case_id, x.number, x.kind, x.subdistrict, x.automatic, x.reason, x.blown_at, x.closed_at,
           c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'whistles') as x(
        case_id uuid, number smallint, kind text, subdistrict text, automatic boolean, reason text,
        blown_at timestamptz, closed_at timestamptz)
    join ledger.cases c using (case_id)
    order by x.closed_at nulls last
    on conflict (case_id, number) do update set closed_at = excluded.closed_at, units = excluded.units;

    insert into ledger.whistle_calls
    select x.case_id, x.number, x.unit, x.state, x.due_at, x.reported_in_at, x.person, x.place,
           c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'calls') as x(
        case_id uuid, number smallint, unit text, state text, due_at timestamptz, reported_in_at timestamptz,
        person uuid, place text)
    join ledger.cases c using (case_id)
    on conflict (case_id, number, unit) do update set
        state = excluded.state, reported_in_at = excluded.reported_in_at, person = excluded.person,
        place = excluded.place;

    with stated as (
        insert into ledger.facts
        select x.case_id, x.version, x.topic, x.event_id, x.at, bodies[x.body]
        from jsonb_to_recordset(changes -> 'facts') as x(
            case_id uuid, version integer, topic ledger.topic, event_id uuid, at timestamptz, body integer)
        returning case_id, version, topic
    )
    insert into ledger.pending (case_id, version, topic) select * from stated order by case_id, version, topic;

    update ledger.followups f set applied_version = x.applied_version
    from jsonb_to_recordset(changes -> 'followups') as x(followup_id uuid, applied_version integer)
    where f.followup_id = x.followup_id;

    if changes ? 'act' then
        insert into ledger.acts (person, key, fingerprint, at, answer)
        select person.person_id, a.key, decode(a.fingerprint, 'hex'), a.at, a.answer
        from jsonb_to_record(changes -> 'act') as a(key text, fingerprint text, at timestamptz, answer json);
    end if;
end $$;

-- What a repeated act answered before, if it was this person's.
create function ledger.act_answered(act_key text, token_hash bytea)
returns table (fingerprint bytea, answer json)
language sql stable security definer set search_path = pg_catalog
as $$
    select a.fingerprint, a.answer from identity.actor_of(token_hash) p
    join ledger.acts a on a.person = p.person_id and a.key = act_key
$$;
