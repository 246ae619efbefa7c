"""`make bench`: the goals of the design, measured beside the bare route; and counts that are gated in `make test`."""
