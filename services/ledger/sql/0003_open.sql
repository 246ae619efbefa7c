-- Opening first decisions: one call for a batch (design §4).

-- The gate of an opening: holds publications off until the end of the transaction, then reads the instant and the
-- version in force, each in a statement of its own.
create function ledger.gate() returns table (opened_at timestamptz, version integer, epoch integer)
language plpgsql volatile security definer set search_path = pg_catalog
as $$
declare
    instant timestamptz;
begin
    perform ledger.require_writer(null);
    perform pg_advisory_xact_lock_shared(7241, 1);
    instant := clock.now();
    return query select instant, reference.version_at(instant), delivery.epoch();
end $$;

-- Rows, facts and pending of every case not yet known, together. Returns the cases opened, and whether a follow-up waits.
create function ledger.open(
    case_ids uuid[], numbers text[], states text[], leads text[], cooperatings text[], tiers text[], urgencies text[],
    items text[], lanes text[], barreds text[], unitses text[], subdistricts text[], accepted_ats timestamptz[],
    now_at timestamptz, reference_versions integer[], applied integer, decisions text[], reportses text[],
    event_ids uuid[], bodies bytea[],
    a_case uuid[], a_unit text[], a_role text[], a_due timestamptz[],
    k_case uuid[], k_kind text[], k_unit text[], k_started timestamptz[], k_allowed text[], k_due timestamptz[],
    k_calendar integer[], k_ladder text[], k_step text[], k_next timestamptz[]
) returns table (opened uuid, followed_up boolean)
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    return query
    with new_cases as (
        insert into ledger.cases (
            case_id, number, version, state, attempt, lead, cooperating, tier, urgency, item, lane, barred_units, units,
            subdistrict, accepted_at, opened_at, changed_at, reference_version, applied_version, decision, reports)
        select g.case_id, g.number, 1, g.state, 1, g.lead, g.cooperating::text[], g.tier, g.urgency, g.item, g.lane,
            g.barred::text[], g.units::text[], g.subdistrict, g.accepted_at, now_at, now_at, g.reference_version, applied,
            g.decision::json, g.reports::json
        from unnest(case_ids, numbers, states, leads, cooperatings, tiers, urgencies, items, lanes, barreds, unitses,
            subdistricts, accepted_ats, reference_versions, decisions, reportses)
            as g(case_id, number, state, lead, cooperating, tier, urgency, item, lane, barred, units, subdistrict,
                 accepted_at, reference_version, decision, reports)
        on conflict (case_id) do nothing
        returning case_id, lane, barred_units, units
    ), new_assignments as (
        insert into ledger.assignments (
            case_id, attempt, unit, role, handling_unit, state, opened_at, due_at, lane, barred_units, units)
        select c.case_id, 1, a.unit, a.role, a.unit, 'open', now_at, a.due_at, c.lane, c.barred_units, c.units
        from unnest(a_case, a_unit, a_role, a_due) as a(case_id, unit, role, due_at) join new_cases c using (case_id)
    ), new_clocks as (
        insert into ledger.clocks (
            case_id, kind, unit, cycle, started_at, allowed, due_at, calendar, ladder, next_step, next_at)
        select c.case_id, k.kind, k.unit, 1, k.started_at, k.allowed, k.due_at, k.calendar, k.ladder, k.step, k.next_at
        from unnest(k_case, k_kind, k_unit, k_started, k_allowed, k_due, k_calendar, k_ladder, k_step, k_next)
            as k(case_id, kind, unit, started_at, allowed, due_at, calendar, ladder, step, next_at)
        join new_cases c using (case_id)
    ), new_facts as (
        insert into ledger.facts (case_id, version, topic, event_id, at, body)
        select c.case_id, 1, 'case.progressed.v1', f.event_id, now_at, f.body
        from unnest(case_ids, event_ids, bodies) as f(case_id, event_id, body) join new_cases c using (case_id)
    ), new_pending as (
        insert into ledger.pending (case_id, version, topic) select c.case_id, 1, 'case.progressed.v1' from new_cases c
    )
    select c.case_id, exists (select from ledger.followups f where f.case_id = c.case_id and f.applied_version is null)
    from new_cases c;
end $$;

-- Which of these cases the ledger knows already.
create function ledger.known(case_ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog
as $$ select case_id from ledger.cases where case_id = any (case_ids) $$;

-- Take a follow-up in, once.
create function ledger.keep_followups(ids uuid[], case_ids uuid[], bodies bytea[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    insert into ledger.followups (followup_id, case_id, body)
    select * from unnest(ids, case_ids, bodies) on conflict (followup_id) do nothing;
end $$;

create function ledger.followups_waiting(case_ids uuid[]) returns table (followup_id uuid, case_id uuid, body bytea)
language sql stable security definer set search_path = pg_catalog
as $$
    select f.followup_id, f.case_id, f.body from ledger.followups f
    where f.case_id = any (case_ids) and f.applied_version is null order by f.followup_id
$$;
