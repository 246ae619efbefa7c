-- Who sees what: a second time, below the application (design §3, security §4.2). Policies read their own row only.
-- The actor is looked up by identity's functions from the token, once per query; no token, no rows.

do $$
declare
    guarded text;
begin
    foreach guarded in array array['cases', 'assignments', 'whistles', 'whistle_calls'] loop
        execute format('alter table ledger.%I enable row level security', guarded);
        execute format($policy$
            create policy %2$s on ledger.%1$I for select to desk_api using (
                units && (select identity.current_units())
                and not barred_units && (select identity.current_units())
                and lane = any ((select identity.current_lanes())::text[]))
        $policy$, guarded, guarded || '_of_my_units');
        execute format($policy$
            create policy %2$s on ledger.%1$I for select to board_reader using (lane = 'ordinary')
        $policy$, guarded, guarded || '_on_the_board');
        execute format($policy$
            create policy %2$s on ledger.%1$I for select to operator, reconciler using (true)
        $policy$, guarded, guarded || '_for_operators');
        execute format('grant select on ledger.%I to desk_api, board_reader, operator', guarded);
    end loop;
    -- Rows of a case that carry no units of their own are seen with their case.
    foreach guarded in array array['clocks', 'steps', 'facts'] loop
        execute format('alter table ledger.%I enable row level security', guarded);
        execute format($policy$
            create policy %2$s on ledger.%1$I for select to desk_api, board_reader using (
                exists (select from ledger.cases c where c.case_id = %1$I.case_id))
        $policy$, guarded, guarded || '_with_their_case');
        execute format($policy$
            create policy %2$s on ledger.%1$I for select to operator, reconciler using (true)
        $policy$, guarded, guarded || '_for_operators');
        execute format('grant select on ledger.%I to desk_api, board_reader, operator', guarded);
    end loop;
end $$;

-- The definer writes past the policies (BYPASSRLS); the callers have no rights on the tables at all.
do $$
declare
    signature text;
begin
    for signature in select oid::regprocedure::text from pg_proc where pronamespace = 'ledger'::regnamespace loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;

grant execute on function ledger.take(uuid[], bytea), ledger.write(jsonb, bytea[], bytea) to ledger_writer, desk_api;
grant execute on function ledger.act_answered(text, bytea) to desk_api;
grant execute on function ledger.owed(integer), ledger.gate(), ledger.known(uuid[]),
    ledger.keep_followups(uuid[], uuid[], bytea[]), ledger.followups_waiting(uuid[]) to ledger_writer;
grant execute on function ledger.open(
    uuid[], text[], text[], text[], text[], text[], text[], text[], text[], text[], text[], text[], timestamptz[],
    timestamptz, integer[], integer, text[], text[], uuid[], bytea[], uuid[], text[], text[], timestamptz[],
    uuid[], text[], text[], timestamptz[], text[], timestamptz[], integer[], text[], text[], timestamptz[]
) to ledger_writer;
grant execute on function identity.actor_of(bytea) to ledger_definer;
grant execute on function reference.version_at(timestamptz) to ledger_definer;
grant execute on function clock.now() to ledger_definer;

-- The ledger's relay reads what is pending and forgets what was sent.
grant select, delete on ledger.pending to ledger_writer;
grant select on ledger.facts, ledger.notices to ledger_writer;
create policy facts_for_the_relay on ledger.facts for select to ledger_writer using (true);
grant select on ledger.clock_stop to desk_api, ledger_writer, operator;
grant insert, update on ledger.clock_stop to ledger_writer;
grant delete on ledger.clock_stop to operator;
