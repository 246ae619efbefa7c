-- One way in and one way out (design §3): ledger.take gives all that an act or a step goes by, ledger.write takes all that
-- came of it. Whose cases they are, and at which version, is asked once. What the parts below need set is set by the
-- functions that call them.
grant create on schema ledger to ledger_definer;

drop function ledger.take(uuid[], bytea);
drop function ledger.write(jsonb, bytea[], bytea);
drop function ledger.write_whistles(jsonb, bytea);
drop function ledger.derive(jsonb, bytea);
drop function ledger.act_answered(text, bytea);

-- Lock the cases (in order) and give the instant, the epoch, why the clocks are stopped (null: they are not), who asks,
-- what this person was answered to this key before, and each case whole. Cases the person may not see are left out, as if
-- they did not exist.
create function ledger.take(case_ids uuid[], token_hash bytea, act_key text)
returns table (taken_at timestamptz, epoch integer, stopped text, actor json, answered json, document json)
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    person record;
    seen uuid[];
    instant timestamptz;
    earlier json;
begin
    perform ledger.require_writer(token_hash);
    if token_hash is null then
        select array_agg(l.case_id) into seen from (
            select c.case_id from ledger.cases c where c.case_id = any (case_ids) order by c.case_id for update
        ) l;
    else
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
        -- After the lock: a repeat that waited for the first sees its answer.
        select json_build_object('fingerprint', encode(a.fingerprint, 'hex'), 'answer', a.answer) into earlier
        from ledger.acts a where a.person = person.person_id and a.key = act_key;
    end if;
    -- After the lock, in statements of their own: a snapshot is older than the lock it waited for.
    instant := clock.now();
    return query
    select instant, delivery.epoch(), (select s.reason from ledger.clock_stop s),
        case when token_hash is null then null else row_to_json(person) end, earlier, ledger.document(c)
    from ledger.cases c where c.case_id = any (seen) order by c.case_id;
end $$;

-- Take up to so many cases that owe a step by now, oldest first; what another instance holds is left to it.
create function ledger.take_owed(at_most integer)
returns table (taken_at timestamptz, epoch integer, stopped text, actor json, answered json, document json)
language plpgsql volatile security definer set search_path = pg_catalog set timezone = 'UTC'
as $$
declare
    owed uuid[] := array(select ledger.owed(at_most));
begin
    if owed <> '{}' then
        return query select * from ledger.take(owed, null, null);
    end if;
end $$;

-- Refuse cases that are not this person's; return who it is. Without a token only the ledger itself writes.
create function ledger.require_theirs(cases jsonb, token_hash bytea) returns uuid
language plpgsql stable
as $$
declare
    person record;
begin
    perform ledger.require_writer(token_hash);
    if token_hash is null then
        return null;
    end if;
    select * into person from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    if exists (
        select from jsonb_to_recordset(cases) as x(case_id uuid) join ledger.cases c using (case_id)
        where not (c.units && person.units and not c.barred_units && person.units and c.lane = any (person.lanes))
    ) then
        raise insufficient_privilege using message = 'not your case';
    end if;
    return person.person_id;
end $$;

-- The cases' rows, each from the version it was found at.
create function ledger.write_cases(changes jsonb) returns void
language plpgsql volatile
as $$
declare
    written integer;
begin
    update ledger.cases c set
        version = x.version, revision = x.revision, state = x.state, attempt = x.attempt,
        attempt_awaited = x.attempt_awaited, superseded = x.superseded, tried = x.tried, lead = x.lead,
        cooperating = x.cooperating, branch = x.branch, item = x.item, tier = x.tier, urgency = x.urgency,
        barred_units = x.barred_units, units = x.units, subdistrict = x.subdistrict, changed_at = x.changed_at,
        signed_in_at = x.signed_in_at, handled_at = x.handled_at, closed_at = x.closed_at,
        reference_version = x.reference_version, applied_version = x.applied_version, whistle_open = x.whistle_open,
        whistles = x.whistles, supervision_open = x.supervision_open, supervisions = x.supervisions,
        reworks = x.reworks, problem_ticket = x.problem_ticket, handler = x.handler, duplicate_of = x.duplicate_of,
        reports = x.reports, answer = x.answer, request = x.request, extensions = x.extensions,
        suspensions = x.suspensions, explanations = x.explanations, designated = x.designated,
        excluded = x.excluded, exclusion = x.exclusion, proposals = x.proposals
    from jsonb_to_recordset(changes -> 'cases') as x(
        case_id uuid, found_version integer, version integer, revision integer, state text, attempt smallint,
        attempt_awaited smallint, superseded smallint[], tried text[], lead text, cooperating text[], branch text,
        item text, tier text, urgency text, barred_units text[], units text[], subdistrict text,
        changed_at timestamptz, signed_in_at timestamptz, handled_at timestamptz, closed_at timestamptz,
        reference_version integer, applied_version integer, whistle_open smallint, whistles smallint,
        supervision_open smallint, supervisions smallint, reworks smallint, problem_ticket boolean, handler uuid,
        duplicate_of uuid, reports json, answer json, request json, extensions smallint, suspensions smallint,
        explanations smallint, designated boolean, excluded boolean, exclusion json, proposals jsonb)
    where c.case_id = x.case_id and c.version = x.found_version;
    get diagnostics written = row_count;
    if written <> jsonb_array_length(changes -> 'cases') then
        raise serialization_failure using message = 'a case is not at the version it was taken at';
    end if;

    update ledger.cases c set decision = x.decision
    from jsonb_to_recordset(changes -> 'decisions') as x(case_id uuid, decision json) where c.case_id = x.case_id;
end $$;

create function ledger.write_assignments(changes jsonb) returns void
language plpgsql volatile
as $$
begin
    -- Who may see the case may see its assignments: departments called from outside, the center that supervises.
    update ledger.assignments a set units = c.units
    from jsonb_to_recordset(changes -> 'widened') as x(case_id uuid) join ledger.cases c using (case_id)
    where a.case_id = x.case_id;

    insert into ledger.assignments (
        case_id, attempt, unit, role, handling_unit, state, opened_at, due_at, signed_in_at, ended_at, lane,
        barred_units, units)
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
end $$;

create function ledger.write_clocks(clocks jsonb) returns void
language plpgsql volatile
as $$
begin
    insert into ledger.clocks (
        case_id, kind, unit, cycle, started_at, allowed, due_at, stopped_at, calendar, ladder, next_step, next_at,
        paused_at, adjusted, usual, counted_from, stage)
    select x.case_id, x.kind, x.unit, x.cycle, x.started_at, x.allowed, x.due_at, x.stopped_at, x.calendar, x.ladder,
           x.next_step, x.next_at, x.paused_at, x.adjusted, x.usual, x.counted_from, x.stage
    from jsonb_to_recordset(clocks) as x(
        case_id uuid, kind text, unit text, cycle smallint, started_at timestamptz, allowed text, due_at timestamptz,
        stopped_at timestamptz, calendar integer, ladder text, next_step text, next_at timestamptz,
        paused_at timestamptz, adjusted json, usual text, counted_from timestamptz, stage text)
    on conflict (case_id, kind, unit, cycle) do update set
        allowed = excluded.allowed, due_at = excluded.due_at, stopped_at = excluded.stopped_at,
        calendar = excluded.calendar, next_step = excluded.next_step, next_at = excluded.next_at,
        paused_at = excluded.paused_at, adjusted = excluded.adjusted, usual = excluded.usual,
        counted_from = excluded.counted_from, stage = excluded.stage;
end $$;

-- Clocks of cases just opened that their opening does not write: stages, and limits an emergency mode has put in place.
create function ledger.add_clocks(clocks jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    perform ledger.require_writer(null);
    perform ledger.write_clocks(clocks);
end $$;

create function ledger.write_whistles(changes jsonb) returns void
language plpgsql volatile
as $$
begin
    insert into ledger.whistles (
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

    insert into ledger.whistle_calls (
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

-- What was stated, and what set it in motion: steps, facts to be sent, notices, applied follow-ups.
create function ledger.write_facts(changes jsonb, bodies bytea[]) returns void
language plpgsql volatile
as $$
begin
    insert into ledger.steps (case_id, kind, unit, cycle, step, owed_at, effective_at, version)
    select x.case_id, x.kind, x.unit, x.cycle, x.step, x.owed_at, x.effective_at, x.version
    from jsonb_to_recordset(changes -> 'steps') as x(
        case_id uuid, kind text, unit text, cycle smallint, step text, owed_at timestamptz,
        effective_at timestamptz, version integer);

    with stated as (
        insert into ledger.facts (case_id, version, topic, event_id, at, body)
        select x.case_id, x.version, x.topic, x.event_id, x.at, bodies[x.body]
        from jsonb_to_recordset(changes -> 'facts') as x(
            case_id uuid, version integer, topic ledger.topic, event_id uuid, at timestamptz, body integer)
        returning case_id, version, topic
    )
    insert into ledger.pending (case_id, version, topic) select * from stated order by case_id, version, topic;

    perform ledger.issue_notice(x.event_id, x.at, bodies[x.body])
    from jsonb_to_recordset(changes -> 'notices') as x(event_id uuid, at timestamptz, body integer);

    update ledger.followups f set applied_version = x.applied_version
    from jsonb_to_recordset(changes -> 'followups') as x(followup_id uuid, applied_version integer)
    where f.followup_id = x.followup_id;
end $$;

-- Write what was decided on taken cases: rows, facts and pending, notices, and the act's answer, or nothing at all.
create function ledger.write(changes jsonb, bodies bytea[], token_hash bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    person uuid := ledger.require_theirs(changes -> 'cases', token_hash);
begin
    perform ledger.write_cases(changes);
    perform ledger.write_assignments(changes);
    perform ledger.write_clocks(changes -> 'clocks');
    if changes ? 'whistles' or changes ? 'calls' then
        perform ledger.write_whistles(changes);
    end if;
    perform ledger.write_facts(changes, bodies);
    if changes ? 'act' then
        insert into ledger.acts (person, key, fingerprint, at, answer)
        select person, a.key, decode(a.fingerprint, 'hex'), a.at, a.answer
        from jsonb_to_record(changes -> 'act') as a(key text, fingerprint text, at timestamptz, answer json);
    end if;
end $$;

do $$
declare
    signature text;
begin
    for signature in
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'ledger'::regnamespace and proname in (
            'take', 'take_owed', 'require_theirs', 'write_cases', 'write_assignments', 'write_clocks', 'add_clocks',
            'write_whistles', 'write_facts', 'write')
    loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function ledger.take(uuid[], bytea, text), ledger.write(jsonb, bytea[], bytea) to ledger_writer, desk_api;
grant execute on function ledger.take_owed(integer), ledger.add_clocks(jsonb) to ledger_writer;
revoke execute on function ledger.owed(integer) from ledger_writer;
revoke create on schema ledger from ledger_definer;
