"""The sample district and what its people say and do: invented, seeded, the same on every machine."""
