"""A report and a reference version -> a decision. Pure and deterministic."""
