-- The operator lists what was stated, to have it sent again: figures are rebuilt from the topics.
grant select on ledger.fact_keys, ledger.notice_keys, ledger.pending_keys to operator;
