-- Who was told of a case, for its timeline: only to whoever may see the case, and without addresses, which are sealed
-- or masked and nobody's business here. What the reporter was told has no unit.
create function notify.told_of(case_id uuid)
returns table (version integer, unit text, role text, channel text, state text, sent_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select t.version, t.unit, t.role, t.channel, t.state, t.sent_at
    from (
        select m.version, s.unit, s.role, s.channel, m.state, m.sent_at
        from notify.messages m join notify.subscriptions s on s.subscription_id::text = m.recipient
        where m.case_id = $1
        union all
        select a.version, '', 'resident', '', a.state, a.sent_at from notify.answers a where a.case_id = $1
    ) t
    where ledger.sees($1)
    order by t.version, t.unit, t.role, t.channel
    limit 2000
$$;
grant create on schema notify to notify_definer;
grant usage on schema ledger to notify_definer;
grant execute on function ledger.sees(uuid) to notify_definer;
grant select (case_id, version, state, sent_at) on notify.answers to notify_definer;
alter function notify.told_of(uuid) owner to notify_definer;
revoke create on schema notify from notify_definer;
revoke all on function notify.told_of(uuid) from public;
grant execute on function notify.told_of(uuid) to desk_api;
