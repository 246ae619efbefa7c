-- What stands behind the board's "reported today" and "on time today": cases that ended, in one narrow row each. Found by
-- the index on `closed_at` (0010).
create view ledger.board_ended as
select
    c.case_id, c.number, c.item, c.subdistrict, c.decision #>> '{report,place,grid}' as grid, c.lead, c.units,
    c.barred_units, c.accepted_at, c.closed_at, coalesce(k.stopped_at <= k.due_at, false) as on_time
from ledger.cases c
left join ledger.clocks k on k.case_id = c.case_id and k.kind = 'promise' and k.unit = '' and k.cycle = 1
where c.lane = 'ordinary' and c.duplicate_of is null and c.closed_at is not null;

grant select on ledger.board_ended to board_reader;
