-- Answers that no message reaches: somebody calls, and says so, once each (S4-02). `call_since` is the instant of the fact
-- that is to be told; a row waits while it has one and nobody has told it.
alter table notify.answers
    add call_since timestamptz, add called_at timestamptz, add called_by uuid,
    add call_note text check (char_length(call_note) between 2 and 500),
    add constraint who_calls_says_when check ((called_at is null) = (called_by is null));
update notify.answers set call_since = (convert_from(body, 'UTF8')::json ->> 'timestamp')::timestamptz
where state = 'by_person' and octet_length(body) > 2;
create index answers_to_call on notify.answers (call_since, message_id)
where state = 'by_person' and called_at is null;

grant update (call_since) on notify.answers to notify;

-- Whoever may see the case sees what is to be said; who reported is asked of the vault, on the case's page.
alter table notify.answers enable row level security;
create policy answers_are_notifys on notify.answers to notify using (true) with check (true);
create policy answers_to_call_with_their_case on notify.answers for select to desk_api
    using (state = 'by_person' and exists (select from ledger.cases c where c.case_id = answers.case_id));
grant usage on schema notify to desk_api;
grant select (report_id, kind, cycle, case_id, version, state, message_id, call_since, called_at, called_by, call_note, body)
on notify.answers to desk_api;

-- The person asking told a reporter: this answer and what waited before it, so one call says all. Returns how many; none
-- where it is not theirs to see, or was told already.
create function notify.told_by_person(answer uuid, note text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := identity.current_person();
    said notify.answers;
    told integer;
begin
    select * into said from notify.answers a where a.message_id = answer and a.state = 'by_person' for update;
    if person is null or said.report_id is null or not ledger.sees(said.case_id) then
        return 0;
    end if;
    update notify.answers a set called_at = clock.now(), called_by = person, call_note = note
    where a.report_id = said.report_id and a.state = 'by_person' and a.called_at is null and said.called_at is null
      and (a.cycle, a.version) <= (said.cycle, said.version);
    get diagnostics told = row_count;
    return told;
end $$;

-- As before; what a person told is told.
create or replace function notify.told_of(case_id uuid)
returns table (version integer, unit text, role text, channel text, state text, sent_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select t.version, t.unit, t.role, t.channel, t.state, t.sent_at
    from (
        select m.version, s.unit, s.role, s.channel, m.state, m.sent_at
        from notify.messages m join notify.subscriptions s on s.subscription_id::text = m.recipient
        where m.case_id = $1
        union all
        select a.version, '', 'resident', '', case when a.called_at is null then a.state else 'called' end,
            coalesce(a.sent_at, a.called_at)
        from notify.answers a where a.case_id = $1
    ) t
    where ledger.sees($1)
    order by t.version, t.unit, t.role, t.channel
    limit 2000
$$;

grant create on schema notify to notify_definer;
grant usage on schema identity, clock to notify_definer;
grant execute on function identity.current_person() to notify_definer;
grant select on notify.answers to notify_definer;
grant update (called_at, called_by, call_note) on notify.answers to notify_definer;
alter function notify.told_by_person(uuid, text) owner to notify_definer;
revoke create on schema notify from notify_definer;
revoke all on function notify.told_by_person(uuid, text) from public;
grant execute on function notify.told_by_person(uuid, text) to desk_api;
