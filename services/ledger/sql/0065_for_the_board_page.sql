-- What the board's page draws: every open case in one narrow row, and how things stood at the same hour a week ago.

-- The clocks of the overdue ladder that run; rank 0 has shown no card yet.
create view ledger.board_running as
select case_id, due_at, ledger.card_rank(next_step) as rank
from ledger.clocks
where stopped_at is null and kind in ('promise', 'handling');

-- The grid is the smallest ground the board tells; a point or an address stays with the people of the case.
create view ledger.board_open as
select
    c.case_id, c.number, c.version, c.state, c.lead, c.subdistrict, c.decision #>> '{report,place,grid}' as grid,
    c.item, c.urgency, c.units, c.barred_units, c.accepted_at, c.whistle_open, c.supervision_open
from ledger.cases c
where c.closed_at is null and c.lane = 'ordinary' and c.duplicate_of is null;

create view ledger.board_whistle_spans as
select w.case_id, w.blown_at, w.closed_at, c.units, c.barred_units
from ledger.whistles w join ledger.cases c using (case_id)
where w.lane = 'ordinary';

create view ledger.board_ladder_spans as
select case_id, due_at, stopped_at from ledger.clocks where kind in ('promise', 'handling');

grant select on ledger.board_running, ledger.board_open, ledger.board_whistle_spans, ledger.board_ladder_spans
    to board_reader;
