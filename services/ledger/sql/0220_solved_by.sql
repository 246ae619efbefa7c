-- Whoever reports something as solved on the spot handled it, and so does not look at it (X-08): the person stands in the
-- decision's report. As before, and no argument more.
create or replace function ledger.open(
    now_at timestamptz, applied integer, decisions text[], reportses text[], bodies bytea[],
    case_ids uuid[], event_ids uuid[], numbers text[], states text[], leads text[], cooperatings text[], tiers text[],
    urgencies text[], items text[], lanes text[], barreds text[], unitses text[], subdistricts text[],
    accepted_ats timestamptz[], reference_versions integer[],
    a_case integer[], a_unit text[], a_role text[], a_due timestamptz[],
    k_case integer[], k_unit text[], k_start integer[],
    s_kind text[], s_started timestamptz[], s_allowed text[], s_due timestamptz[], s_calendar integer[],
    s_ladder text[], s_step text[], s_next timestamptz[]
) returns table (opened uuid, followed_up boolean)
language plpgsql volatile security definer set search_path = pg_catalog set timezone = 'UTC'
as $$
begin
    perform ledger.require_writer(null);
    return query
    with new_cases as (
        insert into ledger.cases (
            case_id, number, version, state, attempt, lead, cooperating, tier, urgency, item, lane, barred_units, units,
            subdistrict, accepted_at, opened_at, changed_at, reference_version, applied_version, decision, reports,
            handler)
        select g.case_id, g.number, 1, g.state, 1, g.lead, string_to_array(g.cooperating, ','), g.tier, g.urgency,
            g.item, g.lane, string_to_array(g.barred, ','), string_to_array(g.units, ','), g.subdistrict,
            g.accepted_at, now_at, now_at, g.reference_version, applied, g.decision::json, g.reports::json,
            case when g.state = 'resolved_on_spot' then (g.decision::json #>> '{report,reported_by}')::uuid end
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
        from unnest(a_case, a_unit, a_role, a_due) as a(nth, unit, role, due_at)
        join new_cases c on c.case_id = case_ids[a.nth]
    ), new_clocks as (
        insert into ledger.clocks (
            case_id, kind, unit, cycle, started_at, allowed, due_at, calendar, ladder, next_step, next_at)
        select c.case_id, s.kind, k.unit, 1, s.started_at, s.allowed, s.due_at, s.calendar, s.ladder, s.step, s.next_at
        from unnest(k_case, k_unit, k_start) as k(nth, unit, start)
        join new_cases c on c.case_id = case_ids[k.nth]
        join unnest(s_kind, s_started, s_allowed, s_due, s_calendar, s_ladder, s_step, s_next) with ordinality
            as s(kind, started_at, allowed, due_at, calendar, ladder, step, next_at, start) on s.start = k.start
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
