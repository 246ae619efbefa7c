-- What the command line reads of the ledger besides 0004: whether something of a case is still to be sent.
grant select on ledger.pending, ledger.notices to operator;
grant select on ledger.followups to operator;
