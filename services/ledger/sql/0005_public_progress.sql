-- What a tracking code may answer: public fields only, of the surviving case (design §2, §9).
create function ledger.public_progress(asked uuid)
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
        (select k.due_at from ledger.clocks k where k.case_id = c.case_id and k.kind = 'promise' and k.cycle = 1),
        case when c.lane = 'ordinary' then c.lead end,
        -- The answer is the resident's only once another person has verified it.
        case when c.closed_at is not null then c.answer ->> 'measure' end,
        case when c.closed_at is not null then c.answer ->> 'done_by' end
    from surviving s join ledger.cases c using (case_id)
    order by s.hops desc limit 1
$$;
alter function ledger.public_progress(uuid) owner to ledger_definer;
revoke all on function ledger.public_progress(uuid) from public;
grant execute on function ledger.public_progress(uuid) to intake_api;

-- A fact about no case: written here, sent by the ledger's relay (design §3).
create function ledger.issue_notice(notice_id uuid, at timestamptz, body bytea) returns void
language sql volatile security definer set search_path = pg_catalog
as $$
    with kept as (
        insert into ledger.notices (notice_id, at, body) values (notice_id, at, body)
        on conflict do nothing returning notices.notice_id
    )
    insert into ledger.pending (notice_id) select kept.notice_id from kept
$$;
alter function ledger.issue_notice(uuid, timestamptz, bytea) owner to ledger_definer;
revoke all on function ledger.issue_notice(uuid, timestamptz, bytea) from public;
grant execute on function ledger.issue_notice(uuid, timestamptz, bytea) to ledger_writer, desk_api, operator;
