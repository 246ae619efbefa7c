-- What monitoring shows of the whole, as counts only: nothing of any case, so sensitive lanes count too. Every part reads
-- a partial index, also beside 1,000,000 cases.
create function ledger.census()
returns table (
    open_cases bigint, overdue_cases bigint, open_whistles bigint, steps_owed bigint, step_owed_seconds double precision,
    open_dead_letters bigint, dead_letter_seconds double precision
)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select
        (select count(*) from ledger.cases where closed_at is null),
        (select count(distinct k.case_id) from ledger.clocks k
         where k.stopped_at is null and k.kind in ('promise', 'handling') and k.next_step is distinct from 'reminder'
             and k.due_at <= (select clock.now())),
        (select count(*) from ledger.whistles where closed_at is null),
        owed.steps, coalesce(extract(epoch from (select clock.now()) - owed.oldest), 0),
        letters.letters, coalesce(extract(epoch from clock_timestamp() - letters.oldest), 0)
    from
        (select count(*) as steps, min(next_at) as oldest from ledger.clocks
         where next_at <= (select clock.now())) owed,
        (select count(*) as letters, min(first_at) as oldest from delivery.dead_letters where state = 'open') letters
$$;
grant select (state, first_at) on delivery.dead_letters to ledger_definer;
alter function ledger.census() owner to ledger_definer;
revoke all on function ledger.census() from public;
grant execute on function ledger.census() to ledger_writer, operator;
