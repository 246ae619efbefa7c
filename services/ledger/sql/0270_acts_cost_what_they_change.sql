-- An act costs what it changes: nothing is run for what it does not change, as each statement is set up anew each time.
-- What these functions promise is unchanged (design §3).
grant create on schema ledger to ledger_definer;

-- As before. The case goes whole, in the one statement that reads it after the lock; by its keys, without a bitmap.
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
    select instant, delivery.epoch(), (select s.reason from ledger.clock_stop s), asking, earlier, json_build_object(
        'case', row_to_json(c),
        'decision', c.decision,
        'assignments', array_to_json(array(select a from ledger.assignments a where a.case_id = c.case_id)),
        'clocks', array_to_json(array(select k from ledger.clocks k where k.case_id = c.case_id)),
        'whistles', case when c.whistles = 0 then '[]' else
            array_to_json(array(select w from ledger.whistles w where w.case_id = c.case_id)) end,
        'calls', case when c.whistles = 0 then '[]' else
            array_to_json(array(select w from ledger.whistle_calls w where w.case_id = c.case_id)) end)
    from ledger.cases c where c.case_id = any (seen) order by c.case_id;
end $$;

drop function ledger.document(ledger.cases);
drop function ledger.require_theirs(jsonb, bytea);
drop function ledger.write_cases(jsonb);

-- The cases' rows, each from the version it was found at and, where a person asks, only what is theirs to see.
create function ledger.write_cases(changes jsonb, person identity.asker) returns void
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
    where c.case_id = x.case_id and c.version = x.found_version
      and (person.person_id is null
           or c.units && person.units and not c.barred_units && person.units and c.lane = any (person.lanes));
    get diagnostics written = row_count;
    if written <> jsonb_array_length(changes -> 'cases') then
        if person.person_id is not null and exists (
            select from jsonb_to_recordset(changes -> 'cases') as x(case_id uuid) join ledger.cases c using (case_id)
            where not (c.units && person.units and not c.barred_units && person.units and c.lane = any (person.lanes))
        ) then
            raise insufficient_privilege using message = 'not your case';
        end if;
        raise serialization_failure using message = 'a case is not at the version it was taken at';
    end if;
    if changes ? 'decisions' then
        update ledger.cases c set decision = x.decision
        from jsonb_to_recordset(changes -> 'decisions') as x(case_id uuid, decision json) where c.case_id = x.case_id;
    end if;
end $$;

create or replace function ledger.write_assignments(changes jsonb) returns void
language plpgsql volatile
as $$
begin
    if changes ? 'widened' then
        -- Who may see the case may see its assignments: departments called from outside, the center that supervises.
        update ledger.assignments a set units = c.units
        from jsonb_to_recordset(changes -> 'widened') as x(case_id uuid) join ledger.cases c using (case_id)
        where a.case_id = x.case_id;
    end if;
    if changes ? 'assignments' then
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
    end if;
end $$;

create or replace function ledger.write_whistles(changes jsonb) returns void
language plpgsql volatile
as $$
begin
    if changes ? 'whistles' then
        insert into ledger.whistles (
            case_id, number, kind, subdistrict, automatic, reason, blown_at, closed_at, ongoing, blown_by, result,
            wrong_because, evaluated_at, meeting, lane, barred_units, units)
        select x.case_id, x.number, x.kind, x.subdistrict, x.automatic, x.reason, x.blown_at, x.closed_at, x.ongoing,
               x.blown_by, x.result, x.wrong_because, x.evaluated_at, x.meeting, c.lane, c.barred_units, c.units
        from jsonb_to_recordset(changes -> 'whistles') as x(
            case_id uuid, number smallint, kind text, subdistrict text, automatic boolean, reason text,
            blown_at timestamptz, closed_at timestamptz, ongoing boolean, blown_by uuid, result text,
            wrong_because text, evaluated_at timestamptz, meeting json)
        join ledger.cases c using (case_id)
        -- A closed one first: one open whistle per case is a unique index.
        order by x.closed_at nulls last
        on conflict (case_id, number) do update set
            closed_at = excluded.closed_at, units = excluded.units, result = excluded.result,
            wrong_because = excluded.wrong_because, evaluated_at = excluded.evaluated_at;
    end if;
    if changes ? 'calls' then
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
    end if;
end $$;

create or replace function ledger.write_facts(changes jsonb, bodies bytea[]) returns void
language plpgsql volatile
as $$
begin
    if changes ? 'steps' then
        insert into ledger.steps (case_id, kind, unit, cycle, step, owed_at, effective_at, version)
        select x.case_id, x.kind, x.unit, x.cycle, x.step, x.owed_at, x.effective_at, x.version
        from jsonb_to_recordset(changes -> 'steps') as x(
            case_id uuid, kind text, unit text, cycle smallint, step text, owed_at timestamptz,
            effective_at timestamptz, version integer);
    end if;
    if changes ? 'facts' then
        with stated as (
            insert into ledger.facts (case_id, version, topic, event_id, at, body)
            select x.case_id, x.version, x.topic, x.event_id, x.at, bodies[x.body]
            from jsonb_to_recordset(changes -> 'facts') as x(
                case_id uuid, version integer, topic ledger.topic, event_id uuid, at timestamptz, body integer)
            returning case_id, version, topic
        )
        insert into ledger.pending (case_id, version, topic) select * from stated order by case_id, version, topic;
    end if;
    if changes ? 'notices' then
        perform ledger.issue_notice(x.event_id, x.at, bodies[x.body])
        from jsonb_to_recordset(changes -> 'notices') as x(event_id uuid, at timestamptz, body integer);
    end if;
    if changes ? 'followups' then
        update ledger.followups f set applied_version = x.applied_version
        from jsonb_to_recordset(changes -> 'followups') as x(followup_id uuid, applied_version integer)
        where f.followup_id = x.followup_id;
    end if;
end $$;

-- Write what was decided on taken cases: rows, facts and pending, notices, and the act's answer, or nothing at all.
-- Without a token only the ledger itself writes.
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
    end if;
    perform ledger.write_cases(changes, person);
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
    if changes ? 'act' then
        insert into ledger.acts (person, key, fingerprint, at, answer)
        select person.person_id, a.key, decode(a.fingerprint, 'hex'), a.at, a.answer
        from jsonb_to_record(changes -> 'act') as a(key text, fingerprint text, at timestamptz, answer json);
    end if;
end $$;

alter function ledger.write_cases(jsonb, identity.asker) owner to ledger_definer;
revoke all on function ledger.write_cases(jsonb, identity.asker) from public;
revoke create on schema ledger from ledger_definer;
