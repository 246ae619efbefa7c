-- Reporters to be asked how it was, by the instant until when: the center's queue reads along it.
create index clocks_to_follow_up on ledger.clocks (due_at, case_id) where kind = 'follow_up' and stopped_at is null;

-- Cases that changed hands because an objection held: precedents for the rule owner (S1-05).
create index cases_passed_on on ledger.cases (opened_at) where tried <> '{}';
