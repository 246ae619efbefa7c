-- The queue of an office, in due order: calls that reached a department by its office and that nobody has answered.
create index whistle_calls_of_an_office on ledger.whistle_calls (branch, due_at, case_id)
where branch is not null and reported_in_at is null and state <> 'refused';
