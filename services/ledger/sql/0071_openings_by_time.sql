-- Cases come in the order of their opening: a block range index finds a period as well and costs an opening nothing.
drop index ledger.cases_by_opening;
create index cases_by_opening on ledger.cases using brin (opened_at);
