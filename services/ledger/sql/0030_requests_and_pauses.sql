-- What a case may ask for and what moved its clocks: requests, pauses, extensions, exclusion. Written before any new
-- code runs: every column is null or its default for cases and clocks that exist.
alter table ledger.cases
    -- What the lead has asked for and nobody has decided yet.
    add request json,
    add extensions smallint not null default 0,
    add suspensions smallint not null default 0,
    -- How often it was explained to the reporter why it cannot be done.
    add explanations smallint not null default 0,
    -- The lead is finally designated and cannot return the case.
    add designated boolean not null default false,
    -- A flag for statistics, set by two persons; `exclusion` says who asked, who approved, and why.
    add excluded boolean not null default false,
    add exclusion json;

alter table ledger.clocks
    add paused_at timestamptz,
    -- Pauses, extensions and holds, in order: with start, limit and calendar they derive due_at again at any time.
    add adjusted json,
    drop constraint a_step_has_its_instant,
    -- A clock that stands still keeps the step it will owe next, without an instant.
    add constraint a_step_has_its_instant check (
        (next_step is null) = (next_at is null) or (paused_at is not null and next_at is null)),
    add constraint a_paused_clock_owes_nothing check (paused_at is null or (next_at is null and stopped_at is null));

-- Requests that wait for a decision, in the order they are due.
create index clocks_to_review on ledger.clocks (due_at, case_id) where kind = 'review' and stopped_at is null;

create or replace function ledger.write(changes jsonb, bodies bytea[], token_hash bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog set timezone = 'UTC'
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
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
        reports = x.reports, answer = x.answer, request = x.request, extensions = x.extensions,
        suspensions = x.suspensions, explanations = x.explanations, designated = x.designated,
        excluded = x.excluded, exclusion = x.exclusion
    from jsonb_to_recordset(changes -> 'cases') as x(
        case_id uuid, found_version integer, version integer, revision integer, state text, attempt smallint,
        attempt_awaited smallint, superseded smallint[], tried text[], lead text, cooperating text[], branch text,
        item text, tier text, urgency text, barred_units text[], units text[], changed_at timestamptz,
        signed_in_at timestamptz, handled_at timestamptz, closed_at timestamptz, reference_version integer,
        applied_version integer, whistle_open smallint, whistles smallint, supervision_open smallint,
        supervisions smallint, reworks smallint, problem_ticket boolean, handler uuid, duplicate_of uuid,
        reports json, answer json, request json, extensions smallint, suspensions smallint, explanations smallint,
        designated boolean, excluded boolean, exclusion json)
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

    insert into ledger.clocks (
        case_id, kind, unit, cycle, started_at, allowed, due_at, stopped_at, calendar, ladder, next_step, next_at,
        paused_at, adjusted)
    select x.case_id, x.kind, x.unit, x.cycle, x.started_at, x.allowed, x.due_at, x.stopped_at, x.calendar, x.ladder,
           x.next_step, x.next_at, x.paused_at, x.adjusted
    from jsonb_to_recordset(changes -> 'clocks') as x(
        case_id uuid, kind text, unit text, cycle smallint, started_at timestamptz, allowed text, due_at timestamptz,
        stopped_at timestamptz, calendar integer, ladder text, next_step text, next_at timestamptz,
        paused_at timestamptz, adjusted json)
    on conflict (case_id, kind, unit, cycle) do update set
        due_at = excluded.due_at, stopped_at = excluded.stopped_at, calendar = excluded.calendar,
        next_step = excluded.next_step, next_at = excluded.next_at, paused_at = excluded.paused_at,
        adjusted = excluded.adjusted;

    insert into ledger.steps (case_id, kind, unit, cycle, step, owed_at, effective_at, version)
    select x.case_id, x.kind, x.unit, x.cycle, x.step, x.owed_at, x.effective_at, x.version
    from jsonb_to_recordset(changes -> 'steps') as x(
        case_id uuid, kind text, unit text, cycle smallint, step text, owed_at timestamptz,
        effective_at timestamptz, version integer);

    insert into ledger.whistles (
        case_id, number, kind, subdistrict, automatic, reason, blown_at, closed_at, lane, barred_units, units)
    select x.case_id, x.number, x.kind, x.subdistrict, x.automatic, x.reason, x.blown_at, x.closed_at,
           c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'whistles') as x(
        case_id uuid, number smallint, kind text, subdistrict text, automatic boolean, reason text,
        blown_at timestamptz, closed_at timestamptz)
    join ledger.cases c using (case_id)
    order by x.closed_at nulls last
    on conflict (case_id, number) do update set closed_at = excluded.closed_at, units = excluded.units;

    insert into ledger.whistle_calls (
        case_id, number, unit, state, due_at, reported_in_at, person, place, lane, barred_units, units)
    select x.case_id, x.number, x.unit, x.state, x.due_at, x.reported_in_at, x.person, x.place,
           c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'calls') as x(
        case_id uuid, number smallint, unit text, state text, due_at timestamptz, reported_in_at timestamptz,
        person uuid, place text)
    join ledger.cases c using (case_id)
    on conflict (case_id, number, unit) do update set
        state = excluded.state, due_at = excluded.due_at, reported_in_at = excluded.reported_in_at,
        person = excluded.person, place = excluded.place;

    with stated as (
        insert into ledger.facts (case_id, version, topic, event_id, at, body)
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

-- A reopened case has a new promise: the latest is the resident's.
create or replace function ledger.public_progress(asked uuid)
returns table (
    state text, accepted_at timestamptz, dispatched_at timestamptz, signed_in_at timestamptz, handled_at timestamptz,
    closed_at timestamptz, promise_due_at timestamptz, lead text, measure text, done_by text
)
language sql stable security definer set search_path = pg_catalog
as $$
    with recursive surviving as (
        select c.case_id, c.duplicate_of, 1 as hops from ledger.cases c where c.case_id = asked
        union all
        select c.case_id, c.duplicate_of, s.hops + 1
        from surviving s join ledger.cases c on c.case_id = s.duplicate_of where s.hops < 8
    )
    select c.state, c.accepted_at, c.opened_at, c.signed_in_at, c.handled_at, c.closed_at,
        (select k.due_at from ledger.clocks k where k.case_id = c.case_id and k.kind = 'promise'
         order by k.cycle desc limit 1),
        case when c.lane = 'ordinary' then c.lead end,
        -- The answer is the resident's only once another person has verified it.
        case when c.closed_at is not null then c.answer ->> 'measure' end,
        case when c.closed_at is not null then c.answer ->> 'done_by' end
    from surviving s join ledger.cases c using (case_id)
    order by s.hops desc limit 1
$$;
