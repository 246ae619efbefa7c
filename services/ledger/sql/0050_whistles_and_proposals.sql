-- Whistles whole: approval, offices and persons called, result, judgement from below; and what waits for a person's word.
-- Written before any new code runs: every column is null or its default for rows that exist.
alter table ledger.cases
    -- What the clock or a colleague proposed, and what became of it: kept on the row, so that it is locked with the case.
    add proposals jsonb;
-- No column that changes with every act: an update would have to write every index anew.
create index cases_with_a_proposal on ledger.cases (case_id)
where proposals @? '$[*] ? (!exists (@.decided_at))';
-- How many cases a subdistrict had in a period, beside its whistles. Instants rise: entries go to the end.
create index cases_by_opening on ledger.cases (opened_at);

alter table ledger.whistles
    add ongoing boolean not null default false,
    -- Null when the clock blew it.
    add blown_by uuid,
    add result text not null default '',
    -- Why it should not have been blown; empty for a right one.
    add wrong_because text not null default '',
    add evaluated_at timestamptz;
create index whistles_by_time on ledger.whistles (blown_at);

alter table ledger.whistle_calls
    drop constraint whistle_calls_state_check,
    add constraint whistle_calls_state_check check (state in ('called', 'reported_in', 'no_show', 'refused')),
    add photo uuid,
    add role text not null default 'cooperating' check (role in ('lead', 'cooperating')),
    -- The department's office in the subdistrict, which is to come.
    add branch text,
    -- Who was on duty there, or its head.
    add person_called uuid,
    add head_called boolean not null default false,
    add refusal text not null default '',
    add punctuality smallint check (punctuality between 1 and 5),
    add effort smallint check (effort between 1 and 5),
    add result smallint check (result between 1 and 5),
    add satisfaction smallint check (satisfaction between 1 and 5),
    add remark text not null default '',
    add evaluated_at timestamptz,
    add constraint an_accused_office_is_not_called check (branch is null or not branch = any (barred_units)),
    add constraint a_judgement_is_whole check ((evaluated_at is null) = (punctuality is null)
        and (evaluated_at is null) = (effort is null) and (evaluated_at is null) = (result is null)
        and (evaluated_at is null) = (satisfaction is null));

-- Whistles, calls and proposals of cases that ledger.write has just written, in the same transaction.
create function ledger.write_whistles(changes jsonb, token_hash bytea) returns void
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

    update ledger.cases c set proposals = x.proposals
    from jsonb_to_recordset(changes -> 'proposed') as x(case_id uuid, proposals jsonb) where c.case_id = x.case_id;

    insert into ledger.whistles as w (
        case_id, number, kind, subdistrict, automatic, reason, blown_at, closed_at, ongoing, blown_by, result,
        wrong_because, evaluated_at, lane, barred_units, units)
    select x.case_id, x.number, x.kind, x.subdistrict, x.automatic, x.reason, x.blown_at, x.closed_at, x.ongoing,
           x.blown_by, x.result, x.wrong_because, x.evaluated_at, c.lane, c.barred_units, c.units
    from jsonb_to_recordset(changes -> 'whistles') as x(
        case_id uuid, number smallint, kind text, subdistrict text, automatic boolean, reason text,
        blown_at timestamptz, closed_at timestamptz, ongoing boolean, blown_by uuid, result text, wrong_because text,
        evaluated_at timestamptz)
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
alter function ledger.write_whistles(jsonb, bytea) owner to ledger_definer;
revoke all on function ledger.write_whistles(jsonb, bytea) from public;
grant execute on function ledger.write_whistles(jsonb, bytea) to ledger_writer, desk_api;
