"""One file per requirement, named after its id; `make requirements` says how each stands."""
