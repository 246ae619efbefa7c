-- The board shows who is waited for: a call that was handed on is its successor's.
create or replace view ledger.board_calls as
select case_id, number, unit, state, due_at, reported_in_at
from ledger.whistle_calls where lane = 'ordinary' and state <> 'handed_on';
