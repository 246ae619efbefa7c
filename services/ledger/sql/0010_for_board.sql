-- What the board may see: ordinary cases without their texts, counts of the other lanes, and the indexes that keep a
-- snapshot cheap beside 1,000,000 cases. Neither index has an entry for a case that is opened: one is written when a case
-- closes, the other when a clock takes its first step, so the way of a new case into its queue pays for neither.
create index cases_closed on ledger.cases (closed_at) where closed_at is not null;
create index clocks_with_a_card on ledger.clocks (due_at, case_id)
where stopped_at is null and kind in ('promise', 'handling') and next_step is distinct from 'reminder';

-- The card a clock has shown, by the step it owes next: 0 none, 1 blue, 2 yellow, 3 red (services/board/domain/cards.py).
create function ledger.card_rank(next_step text) returns integer
language sql immutable parallel safe
return case next_step
    when 'reminder' then 0
    when 'limit' then 1
    when 'letter' then 2
    when 'supervision' then 2
    else 3
end;

create view ledger.board_cases as
select
    case_id, number, version, state, lead, cooperating, subdistrict, item, urgency, units, barred_units, accepted_at,
    closed_at, whistle_open
from ledger.cases
where lane = 'ordinary' and duplicate_of is null;

-- Clocks that have a card; `due_at` of one that has not come yet lies ahead.
create view ledger.board_cards as
select case_id, kind, unit, due_at, ledger.card_rank(next_step) as rank
from ledger.clocks
where stopped_at is null and kind in ('promise', 'handling') and next_step is distinct from 'reminder';

-- Clocks whose first card comes next, by the instant it is owed.
create view ledger.board_reminders as
select case_id, kind, unit, due_at, next_at
from ledger.clocks
where next_at is not null and next_step = 'reminder' and kind in ('promise', 'handling');

create view ledger.board_closed as
select
    c.case_id, c.subdistrict, c.lead, c.units, c.barred_units, c.accepted_at, c.closed_at,
    coalesce(k.stopped_at <= k.due_at, false) as on_time
from ledger.cases c
left join ledger.clocks k on k.case_id = c.case_id and k.kind = 'promise' and k.unit = '' and k.cycle = 1
where c.lane = 'ordinary' and c.duplicate_of is null and c.closed_at is not null;

create view ledger.board_whistles as
select w.case_id, w.number, w.kind, w.subdistrict, w.automatic, w.blown_at
from ledger.whistles w
where w.closed_at is null and w.lane = 'ordinary';

create view ledger.board_calls as
select case_id, number, unit, state, due_at, reported_in_at from ledger.whistle_calls where lane = 'ordinary';

-- Of the sensitive lanes the board may tell how many are open, and nothing else.
create view ledger.lane_counts as
select lane, count(*) as open from ledger.cases
where closed_at is null and lane <> 'ordinary' group by lane;
create index cases_open_sensitive on ledger.cases (lane) where closed_at is null and lane <> 'ordinary';

grant select on ledger.board_cases, ledger.board_cards, ledger.board_reminders, ledger.board_closed,
    ledger.board_whistles, ledger.board_calls, ledger.lane_counts to board_reader;
revoke all on function ledger.card_rank(text) from public;
grant execute on function ledger.card_rank(text) to board_reader;
-- It reads these views and nothing behind them: the tables hold decisions with texts.
revoke select on ledger.cases, ledger.assignments, ledger.clocks, ledger.steps, ledger.facts, ledger.whistles,
    ledger.whistle_calls from board_reader;
