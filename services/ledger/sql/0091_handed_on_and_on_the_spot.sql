-- A called department that has ended is no longer waited for; its successor is.
alter table ledger.whistle_calls
    drop constraint whistle_calls_state_check,
    add constraint whistle_calls_state_check check (
        state in ('called', 'reported_in', 'no_show', 'refused', 'handed_on'));

-- What was solved on the spot waits for somebody's look; such cases are few.
create index cases_solved_on_the_spot on ledger.cases (subdistrict, case_id)
where state = 'resolved_on_spot' and closed_at is null;
