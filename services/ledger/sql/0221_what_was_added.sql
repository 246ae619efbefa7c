-- What residents added, for whoever may see the case it was added to: masked words and the ids of pictures. Of words that
-- belong to others nothing stands here (intake makes a report of their own of them).
alter table ledger.followups enable row level security;
create policy followups_with_their_case on ledger.followups for select to desk_api
    using (exists (select from ledger.cases c where c.case_id = followups.case_id));
create policy followups_for_operators on ledger.followups for select to operator using (true);
grant select (followup_id, case_id, body) on ledger.followups to desk_api;
