"""Which units and roles each fact concerns, one file per kind of facts; joined in `recipients`."""
