-- The board says what is left in working time, as every other page does: by which version's working days a limit counts,
-- or null where it counts day and night.
create or replace view ledger.board_running as
select
    case_id, due_at, ledger.card_rank(next_step) as rank,
    case when right(allowed, 2) in ('wh', 'wd') then calendar end as calendar
from ledger.clocks
where stopped_at is null and kind in ('promise', 'handling');

create or replace view ledger.board_calls as
select
    l.case_id, l.number, l.unit, l.state, l.due_at, l.reported_in_at,
    (
        select case when right(k.allowed, 2) in ('wh', 'wd') then k.calendar end from ledger.clocks k
        where k.case_id = l.case_id and k.kind = 'report_in' and k.unit = l.unit and k.cycle = l.number
    ) as calendar
from ledger.whistle_calls l where l.lane = 'ordinary' and l.state <> 'handed_on';
