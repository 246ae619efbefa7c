"""What intake does, one file per promise. Knows ports, no driver and no HTTP."""
