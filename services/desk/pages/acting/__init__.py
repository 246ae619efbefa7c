"""Forms of acts, made from what the ledger's acts declare: a new act needs no new page, only its words."""
